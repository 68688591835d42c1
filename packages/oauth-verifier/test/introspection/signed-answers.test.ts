import { describe, expect, it } from "vitest";

import { createIssuerKey } from "../support/issuer.ts";
import type { IntrospectionSetting } from "../support/introspecting-issuer.ts";
import { clientId, replyAlways, setUpIntrospection } from "../support/introspecting-issuer.ts";
import { describeOutcome } from "../support/set-up.ts";

const mediaType = "application/token-introspection+jwt";
const type = { typ: "token-introspection+jwt" };

/** A verifier of signed answers, and an issuer that gives one with changes. */
async function setUp(
  change: (setting: IntrospectionSetting, claims: object) => { claims?: object; header?: object },
  sign = (setting: IntrospectionSetting) => setting.issuer.key.sign,
): Promise<IntrospectionSetting> {
  const setting = await setUpIntrospection({ signedResponses: true });
  const { issuer, clock } = setting;
  const claims = {
    iss: issuer.url,
    aud: clientId,
    iat: Math.floor(clock.now()),
    token_introspection: issuer.active(),
  };
  const { claims: changed = {}, header = {} } = change(setting, claims);
  const answer = sign(setting)({ ...claims, ...changed }, { ...type, ...header });
  issuer.reply = replyAlways(200, answer, { "Content-Type": mediaType });
  return setting;
}

describe("signed answers", () => {
  it("INT-13 are asked for and believed, after their signature", async () => {
    const { issuer, verifier } = await setUp(() => ({}));

    await verifier.ready();
    expect(issuer.fetched).toContain("/jwks");

    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("ok");
    expect(issuer.questions).toMatchObject([{ accept: mediaType }]);
  });

  it("INT-13 say that a token is inactive, too", async () => {
    const { verifier } = await setUp(() => ({
      claims: { token_introspection: { active: false } },
    }));

    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("rejected: inactive");
  });

  it.each([
    { name: "another type", header: { typ: "at+jwt" }, failure: "introspection_jwt_type" },
    { name: "no type", header: { typ: undefined }, failure: "introspection_jwt_type" },
    { name: "alg none", header: { alg: "none" }, failure: "introspection_jwt_algorithm" },
    { name: "another alg", header: { alg: "ES256" }, failure: "introspection_jwt_key_not_found" },
    {
      name: "an alg that is not accepted",
      header: { alg: "RS512" },
      failure: "introspection_jwt_algorithm",
    },
    {
      name: "another issuer",
      claims: { iss: "https://x.example" },
      failure: "introspection_jwt_issuer",
    },
    { name: "another caller", claims: { aud: "other" }, failure: "introspection_jwt_audience" },
    { name: "an older time", claims: { iat: 1_700_000_000 }, failure: "introspection_jwt_time" },
    { name: "a later time", claims: { iat: 4_000_000_000 }, failure: "introspection_jwt_time" },
    { name: "no iat", claims: { iat: undefined }, failure: "introspection_jwt_claims" },
    {
      name: "active as a text",
      claims: { token_introspection: { active: "true" } },
      failure: "introspection_jwt_claims",
    },
    {
      name: "its members at the top",
      claims: { token_introspection: undefined, active: true },
      failure: "introspection_jwt_claims",
    },
  ])("ATK-52 are not believed with $name", async ({ failure, claims = {}, header = {} }) => {
    const { verifier } = await setUp(() => ({ claims, header }));

    expect((await verifier.verifyToken("token")).kind).toBe("unavailable");
    expect(verifier.health().introspection).toMatchObject({ lastFailure: failure });
  });

  it("ATK-52 are not believed with a stranger's signature", async () => {
    const { verifier } = await setUp(
      () => ({}),
      () => createIssuerKey("k1").sign,
    );

    expect((await verifier.verifyToken("token")).kind).toBe("unavailable");
    expect(verifier.health().introspection?.lastFailure).toBe("introspection_jwt_signature");
  });

  it("ATK-52 are not replaced by plain ones", async () => {
    const { issuer, verifier } = await setUpIntrospection({ signedResponses: true });
    issuer.tokens.set("token", issuer.active());

    expect((await verifier.verifyToken("token")).kind).toBe("unavailable");
    expect(verifier.health().introspection?.lastFailure).toBe("introspection_media_type");
  });
});
