import type { MaybePromise, VerificationKey } from "@credicorp/oauth-core";
import { createRememberedHeaders } from "@credicorp/oauth-core/jwt";
import type { SettledKeyLookup } from "@credicorp/oauth-core/key-set";
import { findKey, importKeys } from "@credicorp/oauth-core/key-set";
import type {
  Outcome,
  RevocationVerdict,
  TokenContext,
  TrustedIssuer,
} from "@credicorp/oauth-core/resource-server";
import {
  createSharedChecks,
  createVerifiedTokens,
  trustOnly,
  verifyToken,
} from "@credicorp/oauth-core/resource-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import type { TestKey } from "../support/node-ports.ts";
import { bytes, createTestKey, signatureEngine } from "../support/node-ports.ts";
import { claims as goodClaims, now, policy } from "./support/good-token.ts";

const claims = { ...goodClaims, roles: { of: ["reader"] } };

/** A context that keeps tokens, and counts the signature checks. */
async function setUp(change: Partial<TrustedIssuer & TokenContext> = {}) {
  const clock = createControlledClock(now);
  const key = createTestKey("k");
  const verifiedTokens = createVerifiedTokens({ maxBytes: 1e6 });
  const setting = { keys: await imported([key]), checks: 0, wait: undefined as Wait };
  const issuer: TrustedIssuer = {
    policy,
    lookUpKey: (query) => {
      const found = findKey(setting.keys, query);
      const lookup: SettledKeyLookup =
        found === undefined ? { kind: "not_found" } : { kind: "found", key: found };
      return setting.wait === undefined ? lookup : setting.wait.then(() => lookup);
    },
    ...change,
  };
  const context: TokenContext = {
    findIssuer: trustOnly(issuer),
    bytes,
    clock,
    signatureEngine: {
      verify: (...input) => {
        setting.checks += 1;
        return signatureEngine.verify(...input);
      },
    },
    verifiedTokens,
    sharedChecks: createSharedChecks(),
    rememberedHeaders: createRememberedHeaders(),
    ...change,
  };
  return {
    setting,
    clock,
    key,
    issuer,
    context,
    verifiedTokens,
    verify: (token: string) => verifyToken(fresh(token), context),
  };
}

type Wait = Promise<void> | undefined;

async function imported(
  keys: readonly TestKey[],
): Promise<readonly { readonly kid: string | undefined; readonly key: VerificationKey }[]> {
  const context = { algorithms: ["Ed25519"], signatureEngine } as const;
  return importKeys(
    keys.map(({ jwk }) => jwk),
    context,
  );
}

/** The same characters in another string, as each request brings its own. */
function fresh(token: string): string {
  return Buffer.from(token).toString();
}

function codeOf(outcome: MaybePromise<Outcome>): string {
  if (outcome instanceof Promise) return "later";
  return outcome.kind === "ok" ? "ok" : outcome.detail.code;
}

describe("verifyToken, of a token that it has seen", () => {
  it("checks the signature once, and answers with the same outcome", async () => {
    const { verify, key, setting } = await setUp();
    const token = key.sign(claims);

    const first = verify(token);

    expect(codeOf(first)).toBe("ok");
    expect(verify(token)).toBe(first);
    expect(setting.checks).toBe(1);
  });

  it("ATK-38 shares a principal that nobody can change, at any level", async () => {
    const { verify, key } = await setUp();

    const outcome = (await verify(key.sign({ ...claims, aud: [claims.aud, "b"] }))) as never;

    const unfrozen: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      if (!Object.isFrozen(value)) unfrozen.push(path);
      for (const [name, member] of Object.entries(value)) look(member, `${path}.${name}`);
    };
    look(outcome, "outcome");
    expect(unfrozen).toEqual([]);
    expect(outcome).toMatchObject({
      principal: { claims: { extensions: { roles: { of: ["reader"] } } } },
    });
  });

  it("keeps a token that is bound to a key, as possession is judged for each request", async () => {
    const { verify, key, setting } = await setUp();
    const token = key.sign({ ...claims, cnf: { jkt: "x" } });

    const outcomes = [verify(token), verify(token)];

    expect(outcomes.map(codeOf)).toEqual(["ok", "ok"]);
    expect(setting.checks).toBe(1);
  });

  it("ATK-39 refuses it from the moment it expires, and while the clock stands before its nbf", async () => {
    const { verify, key, clock, setting, verifiedTokens } = await setUp();
    const token = key.sign({ ...claims, nbf: now });
    expect(codeOf(verify(token))).toBe("ok");

    clock.setNow(now - 1);
    expect(codeOf(verify(token))).toBe("not_yet_valid");
    clock.setNow(now + 899);
    expect(codeOf(verify(token))).toBe("ok");
    expect(setting.checks).toBe(1);
    clock.setNow(now + 900);

    expect(codeOf(verify(token))).toBe("expired");
    expect(verifiedTokens.size()).toBe(0);
  });

  it("ATK-16 ATK-39 refuses it once its key has left the set, and forgets it", async () => {
    const { verify, key, setting, verifiedTokens } = await setUp();
    const token = key.sign(claims);
    expect(codeOf(verify(token))).toBe("ok");

    setting.keys = [];

    expect(codeOf(verify(token))).toBe("key_not_found");
    expect(verifiedTokens.size()).toBe(0);
  });

  it("ATK-17 ATK-39 refuses it once another key has taken the id of its key", async () => {
    const { verify, key, setting, verifiedTokens } = await setUp();
    const token = key.sign(claims);
    expect(codeOf(verify(token))).toBe("ok");

    setting.keys = await imported([createTestKey("k")]);

    expect(codeOf(verify(token))).toBe("signature");
    expect(verifiedTokens.size()).toBe(0);
  });

  it("ATK-39 accepts nothing under one policy because it was accepted under another, in one shared cache", async () => {
    const { verify, key, issuer, context } = await setUp();
    const token = key.sign(claims);
    expect(codeOf(verify(token))).toBe("ok");

    const under = (change: Partial<TrustedIssuer["policy"]>): string => {
      const findIssuer = trustOnly({ ...issuer, policy: { ...policy, ...change } });
      return codeOf(verifyToken(token, { ...context, findIssuer }));
    };

    expect(under({ audience: ["https://other.example"] })).toBe("audience");
    expect(under({ issuer: "https://as2.example" })).toBe("issuer");
    expect(codeOf(verify(token))).toBe("ok");
  });

  it("ATK-39 asks each time whether it has been revoked, and forgets it then", async () => {
    let verdict: RevocationVerdict = { kind: "not_revoked" };
    const asked: unknown[] = [];
    const { verify, key, verifiedTokens } = await setUp({
      checkRevocation: (asking) => {
        asked.push(asking);
        return verdict;
      },
    });
    const token = key.sign(claims);
    expect(codeOf(verify(token))).toBe("ok");

    verdict = { kind: "unavailable", retryAfterSeconds: 1 };
    expect(codeOf(verify(token))).toBe("revocations_unavailable");
    expect(verifiedTokens.size()).toBe(1);
    verdict = { kind: "revoked" };
    expect(codeOf(verify(token))).toBe("revoked");

    expect(verifiedTokens.size()).toBe(0);
    const revocable = { jti: "1", clientId: "partner-1", issuedAt: now, kid: "k" };
    expect(asked).toEqual([revocable, revocable, revocable]);
  });

  it("ATK-40 ATK-41 keeps nothing of what it refuses, headers included", async () => {
    const remembered: string[] = [];
    const headers = createRememberedHeaders();
    const { verify, key, verifiedTokens } = await setUp({
      rememberedHeaders: { ...headers, add: (segment) => remembered.push(segment) },
      checkRevocation: ({ jti }) => ({ kind: jti === "gone" ? "revoked" : "not_revoked" }),
    });
    const stranger = createTestKey("k");
    const refused = [
      "a.b.c",
      stranger.sign(claims),
      key.sign({ ...claims, exp: now }),
      key.sign({ ...claims, aud: "other" }),
      key.sign({ ...claims, jti: "gone" }),
      key.sign(claims, { kid: "other" }),
    ];

    for (const token of refused) expect(codeOf(verify(token))).not.toBe("ok");

    expect(verifiedTokens.size()).toBe(0);
    // A revoked token has a good signature all the same.
    expect(new Set(remembered).size).toBeLessThanOrEqual(1);
  });

  it("ATK-40 verifies a token whose key was unknown again when it comes again", async () => {
    const { verify, key, setting } = await setUp();
    const token = key.sign(claims);
    const { keys } = setting;
    setting.keys = [];
    expect(codeOf(verify(token))).toBe("key_not_found");

    setting.keys = keys;

    expect(codeOf(verify(token))).toBe("ok");
  });

  it("ATK-37 verifies a token that shares all but its payload with one that it has seen", async () => {
    const { verify, key } = await setUp();
    const [header, , signature] = key.sign(claims).split(".");
    const [, payload] = key.sign({ ...claims, scope: "admin" }).split(".");
    expect(codeOf(verify(key.sign(claims)))).toBe("ok");

    expect(codeOf(verify(`${header}.${payload}.${signature}`))).toBe("signature");
  });

  it("checks the signature of one token once for all who bring it while the engine is at work", async () => {
    const { verify, key, setting, context } = await setUp();
    const waiting: (() => void)[] = [];
    const slow: TokenContext = {
      ...context,
      signatureEngine: {
        verify: (...input) => {
          setting.checks += 1;
          return new Promise((resolve) => {
            waiting.push(() => resolve(signatureEngine.verify(...input)));
          });
        },
      },
    };
    const good = key.sign(claims);
    const bad = createTestKey("k").sign(claims);

    const outcomes = [good, bad, good, bad, good].map(async (token) =>
      verifyToken(fresh(token), slow),
    );
    waiting.forEach((go) => go());

    expect((await Promise.all(outcomes)).map(codeOf)).toEqual([
      "ok",
      "signature",
      "ok",
      "signature",
      "ok",
    ]);
    expect(setting.checks).toBe(2);
    expect(codeOf(verify(good))).toBe("ok");
    expect(setting.checks).toBe(2);
  });

  it("checks the signature of one token once for all who wait for the same keys", async () => {
    const { verify, key, setting } = await setUp();
    const token = key.sign(claims);
    setting.wait = Promise.resolve();

    const outcomes = await Promise.all(Array.from({ length: 5 }, async () => verify(token)));

    expect(outcomes.map(codeOf)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(setting.checks).toBe(1);
  });
});
