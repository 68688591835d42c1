import { describe, expect, it } from "vitest";

import {
  audience,
  clientId,
  clientSecret,
  replyAlways,
  setUpIntrospection,
} from "../support/introspecting-issuer.ts";
import { describeOutcome } from "../support/set-up.ts";

describe("introspection of every token", () => {
  it("asks the endpoint that the metadata names, with strict Basic credentials and the token in a form", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("opaque-token_1", issuer.active({ jti: undefined, sub: undefined }));

    const outcome = await verifier.verifyToken("opaque-token_1");

    expect(outcome).toMatchObject({
      kind: "ok",
      principal: {
        clientId: "partner-1",
        subject: "partner-1",
        scope: ["decisions:read", "payments:write"],
        claims: { issuer: issuer.url, audience: [audience], jti: undefined },
      },
    });
    const credentials = [clientId, clientSecret].map((part) =>
      new URLSearchParams([["", part]]).toString().slice(1),
    );
    expect(issuer.questions).toEqual([
      {
        authorization: `Basic ${btoa(credentials.join(":"))}`,
        accept: "application/json",
        contentType: "application/x-www-form-urlencoded",
        form: { token: "opaque-token_1", token_type_hint: "access_token" },
      },
    ]);
    expect(issuer.fetched).toEqual(["/.well-known/oauth-authorization-server"]);
  });

  it("asks the endpoint of the options, and needs neither metadata nor keys", async () => {
    const { issuer } = await setUpIntrospection();
    const { verifier } = await setUpIntrospection(
      { endpoint: `${issuer.url}/introspect` },
      { issuer: issuer.url },
    );
    issuer.tokens.set("opaque", issuer.active());

    await verifier.ready();

    expect(describeOutcome(await verifier.verifyToken("opaque"))).toBe("ok");
    expect(issuer.fetched).toEqual([]);
  });

  it("fails to get ready where the metadata names no endpoint", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.isAdvertised = false;

    await expect(verifier.ready()).rejects.toMatchObject({
      kind: "protocol",
      failure: "metadata_introspection_endpoint_missing",
    });
    expect(await verifier.verifyToken("opaque")).toMatchObject({
      kind: "unavailable",
      detail: { code: "introspection_unavailable" },
    });
    expect(verifier.health().introspection).toMatchObject({
      phase: "paused",
      lastFailure: "metadata_introspection_endpoint_missing",
    });
  });

  it.each([
    { name: "an exp that has passed", change: { exp: 1_600_000_000 }, code: "expired" },
    { name: "an nbf to come", change: { nbf: 4_000_000_000 }, code: "not_yet_valid" },
    { name: "no aud", change: { aud: undefined }, code: "claims" },
    { name: "another aud", change: { aud: "https://other.example" }, code: "audience" },
    { name: "another iss", change: { iss: "https://other.example" }, code: "issuer" },
    { name: "no exp", change: { exp: undefined }, code: "claims" },
    { name: "an exp in milliseconds", change: { exp: 1e15 }, code: "claims" },
    { name: "no iat", change: { iat: undefined }, code: "claims" },
    { name: "no client_id", change: { client_id: undefined }, code: "claims" },
    { name: "no token_type", change: { token_type: undefined }, code: "type" },
    { name: "another token_type", change: { token_type: "N_A" }, code: "type" },
    { name: "DPoP without a key", change: { token_type: "DPoP" }, code: "confirmation" },
    { name: "a key that is not proven", change: { cnf: { jkt: "x" } }, code: "confirmation" },
    { name: "an inactive token", change: { active: false }, code: "inactive" },
  ])("ATK-48 ATK-52 refuses $name, whatever the issuer calls active", async ({ change, code }) => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active(change));

    const outcome = await verifier.verifyToken("token");

    expect(outcome).toMatchObject({ kind: "rejected", error: "invalid_token", detail: { code } });
  });

  it("accepts a token without iss as one of the issuer that was asked", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active({ iss: undefined }));

    expect(await verifier.verifyToken("token")).toMatchObject({
      kind: "ok",
      principal: { claims: { issuer: issuer.url } },
    });
  });

  it("accepts a token without aud where every audience is accepted, and only there", async () => {
    const { issuer, verifier } = await setUpIntrospection({}, { audience: null });
    issuer.tokens.set("without", issuer.active({ aud: undefined }));
    issuer.tokens.set("with", issuer.active({ aud: ["https://other.example"] }));

    expect(await verifier.verifyToken("without")).toMatchObject({
      kind: "ok",
      principal: { claims: { audience: [] } },
    });
    expect(await verifier.verifyToken("with")).toMatchObject({
      kind: "ok",
      principal: { claims: { audience: ["https://other.example"] } },
    });
  });

  it("asks nobody about what cannot be a token", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    const answer = issuer.key.sign(
      { iss: issuer.url, aud: clientId, iat: 1, token_introspection: issuer.active() },
      { typ: "token-introspection+jwt" },
    );
    issuer.reply = replyAlways(200, JSON.stringify(issuer.active()));

    for (const [token, code] of [
      ["", "malformed"],
      ["with space", "malformed"],
      ["x".repeat(16_385), "malformed"],
      ["line\nfeed", "malformed"],
      // ATK-52: a signed answer says nothing of who sent it.
      [answer, "type"],
    ] as const) {
      expect(describeOutcome(await verifier.verifyToken(token))).toBe(`rejected: ${code}`);
    }
    expect(issuer.questions).toEqual([]);
    expect(describeOutcome(await verifier.verifyToken("x".repeat(16_384)))).toBe("ok");
  });

  it("lets a request in by its token and its scope, and answers the others by the book", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("good", issuer.active());
    const request = (token: string) => ({
      method: "GET",
      url: "/decisions",
      headers: [["Authorization", `Bearer ${token}`]] as const,
    });

    const good = await verifier.verifyRequest(request("good"), { scope: ["decisions:read"] });
    const poor = await verifier.verifyRequest(request("good"), { scope: ["admin"] });
    const bad = await verifier.verifyRequest(request("bad"), { scope: ["decisions:read"] });

    expect(good.kind).toBe("ok");
    expect(poor).toMatchObject({ kind: "rejected", error: "insufficient_scope" });
    if (bad.kind !== "rejected") throw new Error("a bad token was let in");
    expect(verifier.toResponse(bad).status).toBe(401);
  });

  it("answers at once where an answer is kept", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active());

    expect(describeOutcome(verifier.verifySync("token"))).toBe("unavailable: must_wait");
    await verifier.verifyToken("token");
    expect(describeOutcome(verifier.verifySync("token"))).toBe("ok");
  });

  it("verifies by the keys first where every token must be a JWT, so that garbage costs no question", async () => {
    const { issuer, verifier } = await setUpIntrospection({ tokenFormat: "jwt" });
    const good = issuer.issue();
    const revoked = issuer.issue({}, { active: false });
    const forged = `${good.slice(0, -8)}AAAAAAAA`;
    await verifier.ready();

    expect(describeOutcome(await verifier.verifyToken("opaque"))).toBe("rejected: malformed");
    expect(describeOutcome(await verifier.verifyToken(forged))).toBe("rejected: signature");
    expect(issuer.questions).toEqual([]);
    expect(describeOutcome(await verifier.verifyToken(revoked))).toBe("rejected: inactive");
    expect(describeOutcome(await verifier.verifyToken(good))).toBe("ok");
    expect(describeOutcome(await verifier.verifyToken(good))).toBe("ok");
    expect(issuer.questions).toHaveLength(2);
  });
});
