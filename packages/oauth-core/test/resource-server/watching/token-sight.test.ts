import type {
  TokenContext,
  RevocationVerdict,
  TokenSight,
} from "@credicorp/oauth-core/resource-server";
import {
  createVerifiedTokens,
  trustOnly,
  verifyToken,
} from "@credicorp/oauth-core/resource-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey, signatureEngine } from "../../support/node-ports.ts";
import { claims, now, policy } from "../support/good-token.ts";

const key = createTestKey("k");

/** A verification that is looked at; `revocation` is what the next token's revocation is. */
async function setUp(revocation: RevocationVerdict = { kind: "not_revoked" }) {
  const imported = await signatureEngine.importVerificationKey(key.jwk, "Ed25519");
  if (!imported.ok) throw new Error(imported.failure);
  const clock = createControlledClock(now);
  const sights: TokenSight[] = [];
  const context: TokenContext = {
    findIssuer: trustOnly({
      policy,
      lookUpKey: () => ({ kind: "found", key: imported.value }),
      checkRevocation: () => revocation,
      observe: (sight) => void sights.push(sight),
    }),
    bytes,
    clock,
    signatureEngine,
    verifiedTokens: createVerifiedTokens({ maxBytes: 1e6 }),
  };
  const see = async (token: string): Promise<readonly TokenSight[]> => {
    await verifyToken(token, context);
    return sights.splice(0);
  };
  return { clock, see };
}

describe("what observes tokens", () => {
  it("sees a good token once while it is kept, and again when its time is over", async () => {
    const { clock, see } = await setUp();
    const token = key.sign(claims);

    expect(await see(token)).toEqual([
      {
        claims: expect.objectContaining({ jti: "1", clientId: "partner-1" }),
        algorithm: "Ed25519",
        now,
        refusedFor: undefined,
      },
    ]);
    expect(await see(token)).toEqual([]);
    clock.advance(900);
    expect(await see(token)).toMatchObject([{ now: now + 900, refusedFor: "expired" }]);
  });

  it.each([
    ["another audience", { aud: "urn:other" }, "audience"],
    ["another issuer", { iss: "https://other.example" }, "issuer"],
    ["an end that has come", { exp: now }, "expired"],
    ["a beginning that is to come", { nbf: now + 1 }, "not_yet_valid"],
  ])("sees a token with %s, and why it is refused", async (_name, change, refusedFor) => {
    const { see } = await setUp();

    expect(await see(key.sign({ ...claims, ...change }))).toMatchObject([
      { claims: { jti: "1" }, refusedFor },
    ]);
  });

  it("sees no claims where they are malformed", async () => {
    const { see } = await setUp();

    expect(await see(key.sign({ ...claims, exp: "soon" }))).toMatchObject([
      { claims: undefined, refusedFor: "claims" },
    ]);
  });

  it("sees that a token is revoked, and nothing while nobody can tell", async () => {
    const revoked = await setUp({ kind: "revoked" });
    const unavailable = await setUp({ kind: "unavailable", retryAfterSeconds: 1 });

    expect(await revoked.see(key.sign(claims))).toMatchObject([{ refusedFor: "revoked" }]);
    expect(await unavailable.see(key.sign(claims))).toEqual([]);
  });

  it("ATK-41 sees nothing that the issuer did not sign", async () => {
    const { see } = await setUp();

    expect(await see(createTestKey("k").sign({ ...claims, exp: now }))).toEqual([]);
    expect(await see(key.sign(claims, { typ: "JWT" }))).toEqual([]);
    expect(await see("x.y.z")).toEqual([]);
  });
});
