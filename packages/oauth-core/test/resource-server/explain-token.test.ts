import type { SettledKeyLookup } from "@credicorp/oauth-core/key-set";
import type {
  RevocationVerdict,
  TokenCheck,
  TokenContext,
  TokenExplanation,
  TrustedIssuer,
} from "@credicorp/oauth-core/resource-server";
import {
  explainToken,
  formatExplanation,
  requirePossession,
  requireScope,
  trustEach,
  trustOnly,
  verifyToken,
} from "@credicorp/oauth-core/resource-server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey, digest, signatureEngine } from "../support/node-ports.ts";

const now = 1_700_000_000;
const key = createTestKey("k");
const other = createTestKey("k");
const claims = {
  iss: "https://as.example",
  sub: "the-subject",
  client_id: "the-client",
  aud: "https://api.example",
  scope: "decisions:read",
  iat: now - 10,
  exp: now + 900,
  jti: "the-jti",
  secret: "planted",
};
const policy: TrustedIssuer["policy"] = {
  issuer: "https://as.example",
  audience: ["https://api.example"],
  algorithms: ["Ed25519"],
  tokenTypes: ["at+jwt"],
  clockToleranceSeconds: 5,
};

const possession = { requireBoundTokens: false, bytes, digest };
const trusted = ["https://as.example"];

async function setUp(
  change: Partial<TrustedIssuer> & Partial<Pick<TokenContext, "clock">> = {},
): Promise<TokenContext & TrustedIssuer> {
  const imported = await signatureEngine.importVerificationKey(key.jwk, "Ed25519");
  if (!imported.ok) throw new Error(imported.failure);
  const found: SettledKeyLookup = { kind: "found", key: imported.value };
  const { clock = { now: () => now }, ...issuerChange } = change;
  const issuer: TrustedIssuer = {
    policy,
    lookUpKey: ({ kid }) => (kid === "k" ? found : { kind: "not_found" }),
    ...issuerChange,
  };
  return { ...issuer, findIssuer: trustOnly(issuer), bytes, clock, signatureEngine };
}

/** Explains a token of one issuer, where nothing more is said. */
async function explain(
  token: string,
  context: TokenContext,
  options: Partial<Parameters<typeof explainToken>[2]> = {},
): Promise<TokenExplanation> {
  return explainToken(token, context, { possession, trusted, ...options });
}

/** The names of the checks by how they went. */
function byStatus({ checks }: TokenExplanation): Record<string, readonly string[]> {
  const groups: Record<string, string[]> = {};
  for (const { status, name } of checks) (groups[status] ??= []).push(name);
  return groups;
}

const keySet = { phase: "stale", keyIds: ["k"], failures: 2, lastFailure: "network" } as const;

describe("explainToken", () => {
  it("lists every check of a good token, in the order of verification", async () => {
    const explanation = await explain(key.sign(claims), await setUp(), {
      scope: ["decisions:read"],
    });

    expect(explanation).toMatchObject({ verdict: { kind: "ok" }, isProven: true });
    expect(explanation.decidedBy).toBeUndefined();
    expect(byStatus(explanation)).toEqual({
      passed: [
        "form",
        "type",
        "algorithm",
        "key",
        "signature",
        "claims",
        "issuer",
        "audience",
        "expiry",
        "not_before",
        "confirmation",
        "scope",
      ],
      not_asked: ["revocation"],
    });
    expect(explanation.checks.every(({ reference }) => /^RFC \d+ section/.test(reference))).toBe(
      true,
    );
  });

  it("goes on after the first check that fails, and gives each failure its advice", async () => {
    const wrong = {
      ...claims,
      iss: "https://other.example",
      aud: "https://other.example",
      exp: now - 60,
      nbf: now + 60,
      cnf: { jkt: "x" },
      sub: 7,
      jti: undefined,
    };
    const explanation = await explain(key.sign(wrong, { typ: "JWT" }), await setUp(), {
      scope: ["applications:write"],
    });

    expect(explanation.decidedBy).toBe("type");
    expect(explanation.verdict).toEqual({ kind: "rejected", error: "invalid_token", code: "type" });
    expect(byStatus(explanation)["failed"]).toEqual([
      "type",
      "claims",
      "issuer",
      "audience",
      "expiry",
      "not_before",
      "confirmation",
      "scope",
    ]);
    const failed = explanation.checks.filter(({ status }) => status === "failed");
    expect(failed.every(({ advice }) => advice?.endsWith("."))).toBe(true);
    expect(failed.find(({ name }) => name === "claims")?.actual).toBe(
      "sub is malformed (number), jti is missing",
    );
  });

  it("says that nothing is proven where the signature is another's, and looks for no revocation", async () => {
    let asked = 0;
    const context = await setUp({
      checkRevocation: () => {
        asked += 1;
        return { kind: "not_revoked" };
      },
    });
    const explanation = await explain(other.sign(claims), context);

    expect(explanation).toMatchObject({ isProven: false, decidedBy: "signature" });
    expect(byStatus(explanation)).toMatchObject({
      failed: ["signature"],
      not_reached: ["revocation"],
    });
    expect(asked).toBe(0);
    expect(formatExplanation(explanation)).toContain("Nothing proves what the token says");
  });

  it.each([
    ["no token at all", "", ["type", "algorithm", "key", "signature"]],
    ["an opaque token", "2YotnFZFEjr1zCsicMWpAA", ["type", "algorithm"]],
    ["an encrypted token", `${key.sign(claims)}.x.y`, ["key", "signature", "claims"]],
    ["a token of dots", ".".repeat(16_385), ["type", "key"]],
  ])("reads of %s what there is to read", async (_name, token, notReached) => {
    const explanation = await explain(token, await setUp());

    expect(explanation.decidedBy).toBe("form");
    expect(byStatus(explanation)["not_reached"]).toEqual(expect.arrayContaining(notReached));
  });

  it("ATK-34 names the issuers that are trusted, where the token's is none of several", async () => {
    const context = await setUp();
    const several = { ...context, findIssuer: trustEach([context]) };
    const both = ["https://as.example", "https://other.example"];
    const token = key.sign({ ...claims, iss: "https://evil.example" });
    const explanation = await explain(token, several, { trusted: both });

    expect(explanation).toMatchObject({
      verdict: { kind: "rejected", code: "issuer" },
      decidedBy: "issuer",
      isProven: false,
    });
    expect(explanation.checks.slice(0, 2)).toMatchObject([
      { name: "form", status: "passed" },
      {
        name: "issuer",
        status: "failed",
        expected: '"https://as.example", "https://other.example"',
        actual: '"https://evil.example"',
      },
    ]);
    expect(byStatus(explanation)["not_reached"]).toHaveLength(10);
    expect(await explain("opaque", several)).toMatchObject({ decidedBy: "form" });
    expect(await explain(key.sign({ ...claims, iss: 7 }), several)).toMatchObject({
      decidedBy: "issuer",
    });
    expect(formatExplanation(explanation)).toContain("clock    2023-11-14T22:13:20.000Z\n");
  });

  it("refuses a token that is bound to nothing where bound ones are required", async () => {
    const explanation = await explain(key.sign(claims), await setUp(), {
      possession: { ...possession, requireBoundTokens: true },
    });

    expect(explanation).toMatchObject({
      decidedBy: "confirmation",
      verdict: { code: "token_unbound" },
    });
  });

  it("ATK-13 asks for no key of an algorithm that is not accepted", async () => {
    let asked = 0;
    const context = await setUp({
      lookUpKey: () => {
        asked += 1;
        return { kind: "not_found" };
      },
    });
    const explanation = await explain(key.sign(claims, { alg: "ES512" }), context);

    expect(byStatus(explanation)).toMatchObject({
      failed: ["algorithm"],
      not_reached: ["key", "signature"],
    });
    expect(asked).toBe(0);
  });

  it("ATK-05 refuses for its algorithm a token that is given a key of another", async () => {
    const context = await setUp({ policy: { ...policy, algorithms: ["Ed25519", "ES256"] } });
    const token = key.sign(claims, { alg: "ES256" });
    const explanation = await explain(token, context);

    expect(explanation).toMatchObject({ decidedBy: "algorithm", verdict: { code: "algorithm" } });
  });

  it.each([
    [[], "passed", undefined],
    [["decisions:read"], "passed", undefined],
    [["decisions:read", "applications:write"], "failed", "scope_insufficient"],
  ])("RS-03 asks for every one of the scope tokens %o", async (scope, status, code) => {
    const { checks, verdict } = await explain(key.sign(claims), await setUp(), { scope });

    expect(checks.at(-1)).toMatchObject({ name: "scope", status });
    expect("code" in verdict ? verdict.code : undefined).toBe(code);
  });

  it("calls unknown what nobody can tell: keys and revocations that cannot be had", async () => {
    const noKeys = await setUp({
      lookUpKey: () => ({ kind: "unavailable", retryAfterSeconds: 3, reason: "network" }),
    });
    const noFeed = await setUp({
      checkRevocation: () => ({ kind: "unavailable", retryAfterSeconds: 4 }),
    });
    const [first, second] = [
      await explain(key.sign(claims), noKeys),
      await explain(key.sign(claims), noFeed),
    ];

    expect(first).toMatchObject({
      decidedBy: "key",
      verdict: { kind: "unavailable", code: "keys_unavailable", retryAfterSeconds: 3 },
    });
    expect(byStatus(first)).toMatchObject({ unknown: ["key"], not_reached: ["signature"] });
    expect(second).toMatchObject({
      decidedBy: "revocation",
      verdict: { kind: "unavailable", code: "revocations_unavailable", retryAfterSeconds: 4 },
    });
  });

  it("tells how far this clock is behind a token that was issued in the future", async () => {
    const context = await setUp();
    const { clock } = await explain(key.sign({ ...claims, iat: now + 42 }), context, {
      describeIssuer: () => ({ keySet, issuerOffsetSeconds: 41.5 }),
    });

    expect(clock).toEqual({
      now,
      toleranceSeconds: 5,
      issuedAt: now + 42,
      notBefore: undefined,
      expiresAt: now + 900,
      behindBySeconds: 42,
      issuerOffsetSeconds: 41.5,
    });
    expect((await explain(key.sign({ ...claims, iat: "x" }), context)).clock).toMatchObject({
      issuedAt: undefined,
      behindBySeconds: undefined,
    });
  });

  it("ATK-44 shows neither who the client is nor what else the token says", async () => {
    const explanation = await explain(key.sign(claims), await setUp());
    const shown = JSON.stringify(explanation) + formatExplanation(explanation);

    expect(shown).toContain("https://as.example");
    for (const hidden of ["the-subject", "the-client", "the-jti", "planted"]) {
      expect(shown).not.toContain(hidden);
    }
  });

  it("ATK-43 writes what strangers wrote on one line, short and printable", async () => {
    const steering = `\u001b[2J\r\n\u0085\u202e${"x".repeat(300)}`;
    const token = key.sign(
      { ...claims, iss: steering, aud: Array.from({ length: 15 }, () => steering), scope: "a" },
      { kid: steering, typ: steering, alg: steering },
    );
    const text = formatExplanation(await explain(token, await setUp()));

    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text).toContain("and 5 more");
    expect(text).toContain(String.raw`"\u001b[2J\r\n\u0085\u202e`);
  });

  it("writes an explanation for a terminal", async () => {
    const explanation = await explain(key.sign({ ...claims, exp: now - 60 }), await setUp(), {
      describeIssuer: () => ({ keySet, issuerOffsetSeconds: undefined }),
    });

    expect(formatExplanation(explanation)).toMatchInlineSnapshot(`
      "The token is refused: expired, decided by the check expiry.

        form          ok       404 characters
        type          ok       "at+jwt"
        algorithm     ok       "Ed25519"
        key           ok       found
        signature     ok       good
        claims        ok       well formed
        issuer        ok       "https://as.example"
        audience      ok       "https://api.example"
      > expiry        FAILED   2023-11-14T22:12:20.000Z (60 s ago)
                               expected: exp in the future, or at most 5 s ago (RFC 7519 section 4.1.4)
                               Obtain a new token; if new ones are expired too, this clock is ahead of the issuer's.
        not_before    ok       none
        revocation    -        no feed of revocations is followed
        confirmation  ok       none

      clock    2023-11-14T22:13:20.000Z, tolerance 5 s
      issued   2023-11-14T22:13:10.000Z (10 s ago)
      keys     stale: "k", 2 failures in a row: network"
    `);
  });

  it("writes one while the clock yields no number", async () => {
    const context = await setUp({ clock: { now: () => Number.NaN } });
    const explanation = await explain(key.sign(claims), context);

    expect(explanation.decidedBy).toBe("expiry");
    expect(formatExplanation(explanation)).toContain("no time");
  });
});

const lookups: readonly SettledKeyLookup["kind"][] = ["found", "not_found", "unavailable"];
const revocations: readonly (RevocationVerdict["kind"] | "none")[] = [
  "none",
  "not_revoked",
  "revoked",
  "unavailable",
];

const codes: Readonly<Record<string, string>> = {
  "failed form": "rejected malformed",
  "failed key": "rejected key_not_found",
  "failed expiry": "rejected expired",
  "failed not_before": "rejected not_yet_valid",
  "failed revocation": "rejected revoked",
  "failed scope": "rejected scope_insufficient",
  "unknown key": "unavailable keys_unavailable",
  "unknown revocation": "unavailable revocations_unavailable",
};

/** Says of the check that decided what an outcome would. */
function decided(check: TokenCheck | undefined): string {
  if (check === undefined) return "ok";
  const { name, status } = check;
  return codes[`${status} ${name}`] ?? `rejected ${name}`;
}

describe("explainToken beside verifyToken", () => {
  it("RS-06 decides as verification does, by the first check that is not passed, whatever the state of things", async () => {
    const time = fc.constantFrom(now - 1000, now - 5, now - 4, now, now + 5, now + 6, now + 1000);
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            iss: fc.constantFrom(claims.iss, "https://other.example", 7),
            aud: fc.constantFrom(claims.aud, ["https://other.example"], []),
            exp: time,
            nbf: fc.oneof(time, fc.constant("soon")),
            cnf: fc.constantFrom({ jkt: "x" }, "x"),
            jti: fc.constantFrom("a", "", undefined),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          { typ: fc.constantFrom("JWT", "at+jwt"), alg: fc.constantFrom("ES256", "none") },
          { requiredKeys: [] },
        ),
        fc.record({
          signer: fc.constantFrom(key, key, key, other),
          lookup: fc.constantFrom(...lookups),
          requireBoundTokens: fc.boolean(),
          isOneOfSeveral: fc.boolean(),
          revocation: fc.constantFrom(...revocations),
          scope: fc.constantFrom(
            undefined,
            [],
            ["decisions:read"],
            ["applications:write", "decisions:read"],
          ),
        }),
        async (
          claimChange,
          headerChange,
          { signer, lookup, revocation, scope, requireBoundTokens, isOneOfSeveral },
        ) => {
          const token = signer.sign({ ...claims, ...claimChange }, headerChange);
          const good = await setUp();
          const unavailable = { kind: "unavailable", retryAfterSeconds: 2 } as const;
          const context = await setUp({
            lookUpKey: (query) => {
              if (lookup === "found") return good.lookUpKey(query);
              return lookup === "not_found" ? { kind: "not_found" } : unavailable;
            },
            checkRevocation:
              revocation === "none"
                ? undefined
                : () => (revocation === "unavailable" ? unavailable : { kind: revocation }),
          });
          if (isOneOfSeveral) Object.assign(context, { findIssuer: trustEach([context]) });
          const rules = { ...possession, requireBoundTokens };
          const verified = await verifyToken(token, context);
          const proven = await requirePossession(verified, undefined, rules);
          const outcome = requireScope(proven, scope ?? []);
          const { verdict, decidedBy, checks } = await explain(token, context, {
            scope,
            possession: rules,
          });

          const given = outcome.kind === "ok" ? "ok" : `${outcome.kind} ${outcome.detail.code}`;
          const explained = verdict.kind === "ok" ? "ok" : `${verdict.kind} ${verdict.code}`;
          const first = checks.find(({ status }) => status === "failed" || status === "unknown");
          expect(explained).toBe(given);
          expect(decided(first)).toBe(given.replace("token_unbound", "confirmation"));
          expect(first?.name).toBe(decidedBy);
        },
      ),
    );
  });
});
