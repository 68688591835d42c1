import { formatExplanation } from "@credicorp/oauth-verifier";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import { createIssuerKey } from "../support/issuer.ts";
import { createTestFeed } from "../support/revocations.ts";
import { setUp } from "../support/set-up.ts";

describe("explain, over a real socket", () => {
  it("loads the issuer's keys as verification does, and shows their condition and the issuer's clock", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const explanation = await verifier.explain(token, { scope: ["decisions:read"] });

    expect(explanation).toMatchObject({
      verdict: { kind: "ok" },
      isProven: true,
      keySet: { phase: "fresh", keyIds: ["k1"] },
      clock: { toleranceSeconds: 5 },
    });
    expect(Math.abs(explanation.clock.issuerOffsetSeconds ?? Infinity)).toBeLessThan(60);
    expect(issuer.requests).toHaveLength(2);
  });

  it("names the issuer's keys where the token's is not among them", async () => {
    const { issuer, verifier } = await setUp();
    const token = createIssuerKey("of-staging").sign(issuer.claims());
    const explanation = await verifier.explain(token);

    expect(explanation).toMatchObject({ decidedBy: "key", isProven: false });
    expect(explanation.checks.find(({ name }) => name === "key")).toEqual({
      name: "key",
      status: "failed",
      expected: 'the key "of-staging" for Ed25519',
      actual: 'not among the issuer\'s: "k1"',
      reference: "RFC 7515 section 4.1.4",
      advice: expect.stringContaining("another environment"),
    });
  });

  it("says why the keys cannot be had", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    await issuer.setDown(true);
    const explanation = await verifier.explain(token);

    expect(explanation).toMatchObject({
      verdict: { kind: "unavailable", code: "keys_unavailable" },
      decidedBy: "key",
      keySet: { phase: "empty", failures: 1, lastFailure: "network" },
    });
    expect(formatExplanation(explanation)).toContain("cannot be had: network");
  });

  it("looks a revocation up", async () => {
    const clock = createControlledClock(Date.now() / 1000);
    const feed = createTestFeed(clock);
    const { issuer, verifier } = await setUp({ revocations: { feed, lagSeconds: 0 } });
    const sign = (): string => issuer.keys[0]?.sign(issuer.claims({ jti: "stolen" })) ?? "";

    expect((await verifier.explain(sign())).verdict).toEqual({ kind: "ok" });
    await feed.append({ kind: "token", jti: "stolen", expiresAt: clock.now() + 1000 });
    expect(await verifier.explain(sign())).toMatchObject({
      decidedBy: "revocation",
      verdict: { code: "revoked" },
    });
  });

  it("keeps no token that it was asked about, and takes none of what is kept for an explanation", async () => {
    const { issuer, verifier, clock } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    expect((await verifier.verifyToken(token)).kind).toBe("ok");

    clock.advance(905);
    expect(await verifier.explain(token)).toMatchObject({ decidedBy: "expiry" });
  });

  it.each([undefined, null, 7, {}])("explains %o, which is no token", async (token) => {
    const { verifier } = await setUp();

    expect(await verifier.explain(token as string)).toMatchObject({ decidedBy: "form" });
  });
});
