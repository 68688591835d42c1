import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { audience, setUpIntrospection } from "../support/introspecting-issuer.ts";
import { describeOutcome } from "../support/set-up.ts";

const scopes = ["payments:write"];

function requestWith(token: string) {
  return { method: "POST", url: "/", headers: [["Authorization", `Bearer ${token}`]] as const };
}

describe("introspection for named scopes", () => {
  it("asks where a request needs one of them, and at each request", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const token = issuer.issue();
    const verify = async (scope?: readonly string[]): Promise<number> => {
      const outcome = await verifier.verifyRequest(requestWith(token), { scope });
      expect(outcome.kind).toBe("ok");
      return issuer.questions.length;
    };

    expect(await verify(["decisions:read"])).toBe(0);
    expect(await verify(["payments:write"])).toBe(1);
    expect(await verify(["payments:write", "decisions:read"])).toBe(2);
    // What the route does not say it needs it may use all the same.
    expect(await verify()).toBe(3);
    expect(await verify([])).toBe(4);
    expect(describeOutcome(await verifier.verifyToken(token))).toBe("ok");
    expect(issuer.questions).toHaveLength(5);
  });

  it("lets a token go on for other scopes after it was revoked, and not for a named one", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const token = issuer.issue();
    const verify = async (scope: string): Promise<string> =>
      describeOutcome(await verifier.verifyRequest(requestWith(token), { scope: [scope] }));
    expect(await verify("payments:write")).toBe("ok");

    issuer.tokens.delete(token);

    expect(await verify("payments:write")).toBe("rejected: inactive");
    expect(await verify("decisions:read")).toBe("ok");
  });

  it("asks nobody about tokens that are refused anyway", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const poor = issuer.issue({ scope: "decisions:read" });
    const expired = issuer.issue({ exp: 1_600_000_000 });
    const bound = issuer.issue({ cnf: { jkt: "x" }, scope: "decisions:read" });
    const verify = async (token: string, scope?: readonly string[]): Promise<string> =>
      describeOutcome(await verifier.verifyRequest(requestWith(token), { scope }));

    expect(await verify(poor, scopes)).toBe("rejected: scope_insufficient");
    expect(await verify(poor)).toBe("ok");
    expect(await verify(expired, scopes)).toBe("rejected: expired");
    // Possession comes before scope, with introspection as without.
    expect(await verify(bound, scopes)).toBe("rejected: confirmation");
    expect(await verify("opaque", scopes)).toBe("rejected: malformed");
    expect(issuer.questions).toEqual([]);
  });

  it.each([
    { name: "subject", answer: { sub: "partner-2" } },
    { name: "client", answer: { client_id: "partner-2" } },
    { name: "jti", answer: { jti: "other" } },
    { name: "issuer", answer: { iss: "https://other.example" } },
    { name: "audience", answer: { aud: "https://other.example" } },
    { name: "key", answer: { cnf: { jkt: "x" } } },
    { name: "way of binding", answer: { cnf: { jwk: { kty: "EC" } } } },
    { name: "binding that says nothing", answer: { cnf: {} } },
  ])(
    "ATK-52 takes an answer about another $name for no answer, which is nobody's fault but the issuer's",
    async ({ answer }) => {
      const { issuer, verifier } = await setUpIntrospection({ scopes });
      const token = issuer.issue({}, answer);

      const outcome = await verifier.verifyRequest(requestWith(token), { scope: scopes });

      expect(outcome).toMatchObject({
        kind: "unavailable",
        detail: { code: "introspection_unavailable", message: expect.stringContaining("mismatch") },
      });
    },
  );

  it.each([
    { name: "an exp that has passed", answer: { exp: 1_600_000_000 }, code: "expired" },
    { name: "an nbf to come", answer: { nbf: 4_000_000_000 }, code: "not_yet_valid" },
    { name: "another token_type", answer: { token_type: "N_A" }, code: "type" },
    { name: "a DPoP token without a key", answer: { token_type: "DPoP" }, code: "confirmation" },
  ])("ATK-52 refuses $name in the answer, whatever the token says", async ({ answer, code }) => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const token = issuer.issue({}, answer);

    const outcome = await verifier.verifyRequest(requestWith(token), { scope: scopes });

    expect(describeOutcome(outcome)).toBe(`rejected: ${code}`);
  });

  it("believes an answer that says no more than active", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const token = issuer.issue();
    issuer.tokens.set(token, { active: true });

    const outcome = await verifier.verifyRequest(requestWith(token), { scope: scopes });

    expect(outcome).toMatchObject({
      kind: "ok",
      principal: { scope: ["decisions:read", "payments:write"] },
    });
  });

  it("ATK-33 takes away the audience that the issuer does not name any more", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const both = [audience, "https://other.example"];
    const kept = issuer.issue({ aud: both }, { aud: audience });
    const gone = issuer.issue({ aud: both }, { aud: "https://other.example" });
    const verify = async (token: string): Promise<string> =>
      describeOutcome(await verifier.verifyRequest(requestWith(token), { scope: scopes }));

    // An answer may name whom a token is for besides: it has the same audience as far as it concerns this server.
    const wider = issuer.issue({}, { aud: both });
    expect(await verify(wider)).toBe("ok");
    expect(await verify(kept)).toBe("ok");
    expect(await verify(gone)).toBe("rejected: audience");
  });

  it("takes away the scope that the issuer does not name any more", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const narrowed = issuer.issue({}, { scope: "decisions:read" });
    const changed = issuer.issue({}, { scope: "admin decisions:read" });
    const widened = issuer.issue({}, { scope: "decisions:read payments:write admin" });

    const refused = await verifier.verifyRequest(requestWith(narrowed), { scope: scopes });
    expect(describeOutcome(refused)).toBe("rejected: scope_insufficient");
    for (const token of [narrowed, changed]) {
      expect(await verifier.verifyToken(token)).toMatchObject({
        kind: "ok",
        principal: { scope: ["decisions:read"], claims: { scope: ["decisions:read"] } },
      });
    }
    expect(await verifier.verifyToken(widened)).toMatchObject({
      kind: "ok",
      principal: { scope: ["decisions:read", "payments:write"] },
    });
  });

  it("must wait for an answer where it may not", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes });
    const token = issuer.issue();
    const harmless = issuer.issue({ scope: "decisions:read" });
    await verifier.ready();

    expect(describeOutcome(verifier.verifySync(harmless))).toBe("ok");
    expect(describeOutcome(verifier.verifySync(token))).toBe("unavailable: must_wait");
  });

  it("asks the issuer of each token, and no other, where there are several", async () => {
    const [a, b, silent] = await Promise.all([1, 2, 3].map(async () => setUpIntrospection()));
    if (!a || !b || !silent) throw new Error("an issuer is missing");
    const introspection = { clientId: "api", clientSecret: "secret", scopes };
    const verifier = createVerifier({
      issuers: [
        { issuer: a.issuer.url, audience, introspection },
        { issuer: b.issuer.url, audience, introspection },
        { issuer: silent.issuer.url, audience },
      ],
    });
    await verifier.ready();

    const tokens = [a.issuer.issue(), b.issuer.issue({}, { active: false }), silent.issuer.issue()];
    const verdicts = await Promise.all(
      tokens.map(async (token) => describeOutcome(await verifier.verifyToken(token))),
    );

    expect(verdicts).toEqual(["ok", "rejected: inactive", "ok"]);
    const askedOf = [a, b, silent].map(({ issuer }) =>
      issuer.questions.map(({ form }) => form["token"]),
    );
    expect(askedOf).toEqual([[tokens[0]], [tokens[1]], []]);
    expect(verifier.health().issuers[b.issuer.url]?.introspection).toMatchObject({
      phase: "working",
    });
  });
});
