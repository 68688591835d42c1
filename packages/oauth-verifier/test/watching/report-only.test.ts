import type { PolicyTrialResult, VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier, isOAuthError } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { setUp } from "../support/set-up.ts";

describe("a policy that is tried out", () => {
  it("decides nothing, and is counted by its reasons", async () => {
    const reports: PolicyTrialResult[] = [];
    const { verify, verifier } = await setUp({
      reportOnly: { audience: "urn:new", onReport: (found) => reports.push(found) },
    });

    expect(await verify()).toBe("ok");
    expect(await verify({ aud: ["https://api.example", "urn:new"] })).toBe("ok");
    expect(await verify({ aud: "urn:new" })).toBe("rejected: audience");
    expect(await verify({ aud: "urn:other" })).toBe("rejected: audience");
    expect(verifier.health().reportOnly).toEqual({
      judged: 4,
      differences: [
        { would: "refuse", reason: "audience", count: 1 },
        { would: "accept", reason: "audience", count: 1 },
      ],
    });
    await expect
      .poll(() => reports)
      .toEqual([
        expect.objectContaining({
          judged: 1,
          differences: [{ would: "refuse", reason: "audience", count: 1 }],
        }),
      ]);
  });

  it("looks at a token that comes again only when it is refused", async () => {
    const { issuer, verifier, clock } = await setUp({ reportOnly: { clockToleranceSeconds: 60 } });
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";

    for (let times = 0; times < 5; times += 1) await verifier.verifyToken(token);
    expect(verifier.health().reportOnly).toEqual({ judged: 1, differences: [] });
    clock.advance(930);
    for (let times = 0; times < 5; times += 1) await verifier.verifyToken(token);
    expect(verifier.health().reportOnly).toMatchObject({
      judged: 2,
      differences: [{ would: "accept", reason: "expired", count: 1 }],
    });
  });

  it("counts a token once when none is kept, too", async () => {
    const { issuer, verifier } = await setUp({
      maxCacheBytes: null,
      reportOnly: { scope: ["applications:write"] },
    });
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";

    for (let times = 0; times < 5; times += 1) await verifier.verifyToken(token);
    expect(verifier.health().reportOnly).toEqual({
      judged: 1,
      differences: [{ would: "refuse", reason: "scope_insufficient", count: 1 }],
    });
  });

  it("sees no token without a good signature, and none that is unavailable", async () => {
    const { issuer, verifier, verify } = await setUp({ reportOnly: { requireBoundTokens: true } });
    const good = issuer.keys[0]?.sign(issuer.claims()) ?? "";

    await verifier.verifyToken(`${good.slice(0, -4)}AAAA`);
    await verify({}, { typ: "JWT" });
    await verify({}, { kid: "unknown" });
    expect(verifier.health().reportOnly).toEqual({ judged: 0, differences: [] });
    await verify();
    expect(verifier.health().reportOnly?.differences).toEqual([
      { would: "refuse", reason: "not_bound", count: 1 },
    ]);
  });

  it("is not there without the option", async () => {
    const { verifier } = await setUp();

    expect(verifier.health().reportOnly).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["reportOnly", null],
    ["reportOnly", "audience"],
    ["reportOnly.audience", { audience: "" }],
    ["reportOnly.audience", { audience: [] }],
    ["reportOnly.algorithms", { algorithms: [] }],
    ["reportOnly.algorithms", { algorithms: ["none"] }],
    ["reportOnly.algorithms", { algorithms: ["RS256", "ES512"] }],
    ["reportOnly.clockToleranceSeconds", { clockToleranceSeconds: 301 }],
    ["reportOnly.clockToleranceSeconds", { clockToleranceSeconds: "5" }],
    ["reportOnly.scope", { scope: "decisions:read" }],
    ["reportOnly.scope", { scope: ["two words"] }],
    ["reportOnly.scope", { scope: [7] }],
    ["reportOnly.requireBoundTokens", { requireBoundTokens: "no" }],
    ["reportOnly.onReport", { onReport: {} }],
  ])("ATK-36 is refused when %s is wrong: %o", (option, reportOnly) => {
    const options = { issuer: "https://as.example", audience: "https://api.example", reportOnly };

    expect(refusedOption(options as VerifierOptions)).toBe(option);
  });

  it("ATK-36 is refused where no token is verified by keys, so that none would be judged", () => {
    const proof = { clientId: "api", clientSecret: "secret" };
    const create = (introspection: VerifierOptions["introspection"]): string | undefined =>
      refusedOption({
        issuer: "https://as.example",
        audience: "https://api.example",
        reportOnly: { audience: "urn:api" },
        introspection,
      });

    expect(create(proof)).toBe("reportOnly");
    expect(create({ ...proof, tokenFormat: "jwt" })).toBeUndefined();
    expect(create({ ...proof, scopes: ["payments:write"] })).toBeUndefined();
  });

  it("takes each of its members alone, and none", () => {
    const members = [
      {},
      { audience: null },
      { algorithms: ["RS256"] },
      { clockToleranceSeconds: 0 },
      { scope: ["a"] },
      { requireBoundTokens: true },
    ];

    for (const reportOnly of members) {
      const options = { issuer: "https://as.example", audience: "https://api.example", reportOnly };
      expect(refusedOption(options as VerifierOptions)).toBeUndefined();
    }
  });
});

function refusedOption(options: VerifierOptions): string | undefined {
  try {
    createVerifier(options);
    return undefined;
  } catch (error) {
    return isOAuthError(error) && error.kind === "config" ? error.option : String(error);
  }
}
