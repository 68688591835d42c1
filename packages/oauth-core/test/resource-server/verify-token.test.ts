import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type { Outcome, TokenContext, TrustedIssuer } from "@credicorp/oauth-core/resource-server";
import { trustOnly, verifyToken } from "@credicorp/oauth-core/resource-server";
import { findKey, importKeys } from "@credicorp/oauth-core/key-set";
import type { KeyQuery } from "@credicorp/oauth-core/key-set";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import type { TestKey } from "../support/node-ports.ts";
import { bytes, createTestKey, signatureEngine } from "../support/node-ports.ts";
import { claims, now, policy } from "./support/good-token.ts";

const algorithms: readonly SignatureAlgorithm[] = ["RS256", "PS256", "ES256", "Ed25519"];

async function setUp(keys: readonly TestKey[], change: Partial<TokenContext & TrustedIssuer> = {}) {
  const queries: KeyQuery[] = [];
  const imported = await importKeys(
    keys.map(({ jwk }) => jwk),
    { algorithms, signatureEngine },
  );
  const clock = createControlledClock(now);
  const issuer: TrustedIssuer = {
    policy: { ...policy, algorithms },
    lookUpKey: (query) => {
      queries.push(query);
      const key = findKey(imported, query);
      return key === undefined ? { kind: "not_found" } : { kind: "found", key };
    },
    ...change,
  };
  const context = { findIssuer: trustOnly(issuer), bytes, clock, signatureEngine, ...change };
  return { verify: (token: string) => verifyToken(token, context), queries, clock };
}

function codeOf(outcome: Outcome): string {
  return outcome.kind === "ok" ? "ok" : outcome.detail.code;
}

describe("verifyToken", () => {
  it.each(algorithms)(
    "RS-06 accepts a good %s token and refuses it when any one part is another's",
    async (algorithm) => {
      const key = createTestKey("k", algorithm);
      const { verify } = await setUp([key]);
      const [header, payload, signature] = key.sign(claims).split(".");
      const [, otherPayload] = key.sign({ ...claims, scope: "admin" }).split(".");
      const [, , otherSignature] = createTestKey("k", algorithm).sign(claims).split(".");

      expect(await verify(`${header}.${payload}.${signature}`)).toMatchObject({
        kind: "ok",
        principal: {
          clientId: "partner-1",
          subject: "partner-1",
          scope: ["decisions:read"],
          claims: { jti: "1" },
        },
      });
      expect(codeOf(await verify(`${header}.${otherPayload}.${signature}`))).toBe("signature");
      expect(codeOf(await verify(`${header}.${payload}.${otherSignature}`))).toBe("signature");
    },
  );

  it("answers at once when key and engine do, and later when either does", async () => {
    const key = createTestKey("k");
    const atOnce = await setUp([key]);
    const engine = {
      verify: async (...input: Parameters<typeof signatureEngine.verify>) =>
        signatureEngine.verify(...input),
    };
    const later = await setUp([key], { signatureEngine: engine });

    expect(atOnce.verify(key.sign(claims))).not.toBeInstanceOf(Promise);
    expect(later.verify(key.sign(claims))).toBeInstanceOf(Promise);
    expect((await later.verify(key.sign(claims))).kind).toBe("ok");
  });

  it("looks no key up for a token that is refused by its form", async () => {
    const key = createTestKey("k");
    const { verify, queries } = await setUp([key]);

    for (const header of [{ alg: "none" }, { alg: "HS256" }, { typ: "JWT" }, { crit: ["exp"] }]) {
      expect((await verify(key.sign(claims, header))).kind).toBe("rejected");
    }
    expect(queries).toEqual([]);
  });

  it("ATK-15 ATK-17 refuses another issuer's key of the same id", async () => {
    const { verify } = await setUp([createTestKey("k1")]);

    expect(codeOf(await verify(createTestKey("k1").sign(claims)))).toBe("signature");
  });

  it("ATK-11 ATK-12 takes no key from the token", async () => {
    const { verify, queries } = await setUp([createTestKey("k1")]);
    const forger = createTestKey("k2");
    const token = forger.sign(claims, {
      jwk: forger.jwk,
      jku: "http://127.0.0.1:9/jwks",
      x5u: "http://127.0.0.1:9/x",
      x5c: ["AA=="],
    });

    expect(codeOf(await verify(token))).toBe("key_not_found");
    expect(queries).toMatchObject([{ kid: "k2", algorithm: "Ed25519" }]);
  });

  it("ATK-02 ATK-05 refuses a key store that answers with a key of another algorithm", async () => {
    const [rsa, other] = [createTestKey("k", "RS256"), createTestKey("k", "PS256")];
    const [key] = await importKeys([{ ...rsa.jwk, alg: "PS256" }], { algorithms, signatureEngine });
    if (key === undefined) throw new Error("the key is unfit");
    const { verify } = await setUp([], { lookUpKey: () => ({ kind: "found", key: key.key }) });

    expect(codeOf(await verify(rsa.sign(claims)))).toBe("algorithm");
    expect(codeOf(await verify(other.sign(claims)))).toBe("signature");
  });

  it("says what a token is bound to, and nothing of who sent it", async () => {
    const key = createTestKey("k");
    const { verify } = await setUp([key]);

    expect(await verify(key.sign({ ...claims, cnf: { jkt: "x" } }))).toMatchObject({
      kind: "ok",
      principal: { claims: { confirmation: { jkt: "x" } } },
    });
  });

  it("is unavailable, not rejected, when the keys cannot be had", async () => {
    const key = createTestKey("k");
    const { verify } = await setUp([], {
      lookUpKey: async () => ({ kind: "unavailable", retryAfterSeconds: 7 }),
    });

    expect(await verify(key.sign(claims))).toMatchObject({
      kind: "unavailable",
      retryAfterSeconds: 7,
    });
  });

  it("reads the clock after the signature check", async () => {
    const key = createTestKey("k");
    const { verify, clock } = await setUp([key]);

    clock.advance(899);
    expect((await verify(key.sign(claims))).kind).toBe("ok");
    clock.advance(1);
    expect(codeOf(await verify(key.sign(claims)))).toBe("expired");
  });

  it("ATK-38 gives out a principal that cannot be changed", async () => {
    const key = createTestKey("k");
    const { verify } = await setUp([key]);
    const outcome = await verify(key.sign(claims));
    if (outcome.kind !== "ok") throw new Error(codeOf(outcome));
    const { principal } = outcome;

    expect(() => Object.assign(principal, { clientId: "other" })).toThrow(TypeError);
    expect(() => Object.assign(principal.claims, { expiresAt: 0 })).toThrow(TypeError);
    expect(() => (principal.scope as string[]).push("admin")).toThrow(TypeError);
  });

  it("repeats nothing of a token in its outcomes", async () => {
    const key = createTestKey("planted-kid");
    const { verify } = await setUp([]);
    const tokens = [
      key.sign({ ...claims, sub: "planted-subject" }),
      key.sign(claims, { typ: "planted-type" }),
      "planted.token.x",
    ];
    const outcomes = await Promise.all(tokens.map(async (token) => verify(token)));

    expect(outcomes.every(({ kind }) => kind === "rejected")).toBe(true);
    expect(JSON.stringify(outcomes)).not.toContain("planted");
  });

  it.each([
    { verdict: { kind: "not_revoked" }, code: "ok" },
    { verdict: { kind: "revoked" }, code: "revoked" },
    { verdict: { kind: "unavailable", retryAfterSeconds: 3 }, code: "revocations_unavailable" },
  ] as const)(
    "REV-05 asks whether a good token is revoked, and obeys $verdict.kind at once or later",
    async ({ verdict, code }) => {
      const key = createTestKey("k");
      const asked: unknown[] = [];
      const atOnce = await setUp([key], {
        checkRevocation: (token) => {
          asked.push(token);
          return verdict;
        },
      });
      const later = await setUp([key], { checkRevocation: async () => verdict });

      expect(codeOf(await atOnce.verify(key.sign(claims)))).toBe(code);
      expect(codeOf(await later.verify(key.sign(claims)))).toBe(code);
      expect(asked).toEqual([{ jti: "1", clientId: "partner-1", issuedAt: now, kid: "k" }]);
    },
  );

  it("does not ask about a token that is bad anyway", async () => {
    const key = createTestKey("k");
    const { verify } = await setUp([key], {
      checkRevocation: () => {
        throw new Error("asked");
      },
    });

    expect(codeOf(await verify(key.sign({ ...claims, exp: now })))).toBe("expired");
    expect(codeOf(await verify(createTestKey("k").sign(claims)))).toBe("signature");
  });
});
