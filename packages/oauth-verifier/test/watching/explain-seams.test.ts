import type { StandardSchema, TokenExplanation } from "@credicorp/oauth-verifier";
import { createVerifier, formatExplanation } from "@credicorp/oauth-verifier";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import {
  audience,
  clientId,
  clientSecret,
  replyAlways,
  setUpIntrospection,
} from "../support/introspecting-issuer.ts";
import { startIssuer } from "../support/issuer.ts";
import { createTestFeed } from "../support/revocations.ts";
import { describeOutcome, setUp } from "../support/set-up.ts";

const tenant = z.object({ tenant: z.string() }) as unknown as undefined;
const throwing = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: () => {
      throw new Error("planted");
    },
  },
} as StandardSchema as unknown as undefined;

/** Says in a word what an explanation decides. */
function describeVerdict({ verdict }: TokenExplanation): string {
  return verdict.kind === "ok" ? "ok" : `${verdict.kind}: ${verdict.code}`;
}

/** How the check of that name went. */
function statusOf({ checks }: TokenExplanation, name: string): string | undefined {
  return checks.find((check) => check.name === name)?.status;
}

describe("explain beside a schema of claims", () => {
  it.each([
    ["that fits", { tenant: "t-1" }, "ok", "passed"],
    ["that does not", { tenant: 7 }, "rejected: claims_schema", "failed"],
    ["of an expired token", { tenant: 7, exp: 1_600_000_000 }, "rejected: expired", "failed"],
  ])("CLM-02 agrees with verification about a claim %s", async (...row) => {
    const [, change, code, status] = row;
    const { verifier, issuer } = await setUp({ claims: tenant });
    const token = issuer.keys[0]?.sign(issuer.claims(change)) ?? "";
    const explanation = await verifier.explain(token);

    expect(describeVerdict(explanation)).toBe(code);
    expect(describeOutcome(await verifier.verifyToken(token))).toBe(code);
    expect(statusOf(explanation, "schema")).toBe(status);
    expect(formatExplanation(explanation)).not.toContain("t-1");
  });

  it("CLM-02 shows the schema about no token whose signature is not good", async () => {
    const { verifier, issuer } = await setUp({ claims: throwing });
    const [header, payload] = (issuer.keys[0]?.sign(issuer.claims()) ?? "").split(".");
    const explanation = await verifier.explain(`${header}.${payload}.${"A".repeat(86)}`);

    expect(explanation.decidedBy).toBe("signature");
    expect(statusOf(explanation, "schema")).toBe("not_reached");
  });

  it("CLM-02 calls unknown what a schema that throws makes of a token", async () => {
    const { verifier, issuer } = await setUp({ claims: throwing });
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const explanation = await verifier.explain(token);

    expect(describeVerdict(explanation)).toBe("unavailable: claims_schema_failed");
    expect(explanation.decidedBy).toBe("schema");
    expect(JSON.stringify(explanation)).not.toContain("planted");
  });
});

describe("explain beside introspection after the keys", () => {
  const scopes = ["payments:write"];

  it("agrees with verification about a token that the issuer ended", async () => {
    const { verifier, issuer } = await setUpIntrospection({ scopes });
    const token = issuer.issue();
    expect(statusOf(await verifier.explain(token), "introspection")).toBe("passed");
    issuer.tokens.delete(token);
    const explanation = await verifier.explain(token);

    expect(describeVerdict(explanation)).toBe("rejected: inactive");
    expect(describeOutcome(await verifier.verifyToken(token))).toBe("rejected: inactive");
    expect(explanation).toMatchObject({ decidedBy: "introspection", isProven: true });
  });

  it("says that nobody is asked for a use that wants no question, and of what is refused anyway", async () => {
    const { verifier, issuer } = await setUpIntrospection({ scopes });
    const other = await verifier.explain(issuer.issue(), { scope: ["decisions:read"] });
    const expired = await verifier.explain(issuer.issue({ exp: 1_600_000_000 }));

    expect([describeVerdict(other), statusOf(other, "introspection")]).toEqual(["ok", "not_asked"]);
    expect(statusOf(expired, "introspection")).toBe("not_reached");
    expect(issuer.questions).toEqual([]);
  });

  it("takes the scope that the issuer has left of it", async () => {
    const { verifier, issuer } = await setUpIntrospection({ scopes });
    const token = issuer.issue({}, { scope: "decisions:read" });
    const explanation = await verifier.explain(token, { scope: scopes });

    expect(describeVerdict(explanation)).toBe("rejected: scope_insufficient");
    expect(explanation.decidedBy).toBe("scope");
  });

  it("calls unknown what the issuer does not tell", async () => {
    const { verifier, issuer } = await setUpIntrospection({ scopes });
    const token = issuer.issue();
    issuer.reply = replyAlways(401, "{}");
    const explanation = await verifier.explain(token);

    expect(describeVerdict(explanation)).toBe("unavailable: introspection_unavailable");
    expect(explanation.decidedBy).toBe("introspection");
    expect(formatExplanation(explanation)).toContain("introspection_client_refused");
  });

  it("ATK-15 asks a token's own issuer, of several", async () => {
    const [first, second] = [await startIssuer(), (await setUpIntrospection()).issuer];
    const verifier = createVerifier({
      issuers: [
        { issuer: first.url, audience },
        {
          issuer: second.url,
          audience,
          introspection: { clientId, clientSecret, tokenFormat: "jwt" },
        },
      ],
    });
    const ended = second.issue();
    second.tokens.delete(ended);
    const ofFirst = await verifier.explain(first.keys[0]?.sign(first.claims()) ?? "");
    const ofSecond = await verifier.explain(ended);

    expect([describeVerdict(ofFirst), statusOf(ofFirst, "introspection")]).toEqual([
      "ok",
      undefined,
    ]);
    expect(describeVerdict(ofSecond)).toBe("rejected: inactive");
    expect(second.questions).toHaveLength(1);
  });
});

describe("explain where the issuer's word is all that counts", () => {
  it("explains a token that is no JWT", async () => {
    const { verifier, issuer } = await setUpIntrospection({}, { requireBoundTokens: false });
    issuer.tokens.set("opaque", issuer.active());
    const explanation = await verifier.explain("opaque", { scope: ["decisions:read"] });

    expect(describeVerdict(explanation)).toBe("ok");
    expect(explanation.isProven).toBe(true);
    expect(explanation.decidedBy).toBeUndefined();
    expect(explanation.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "introspection passed",
      "revocation not_asked",
      "confirmation passed",
      "scope passed",
    ]);
    expect(explanation.clock.issuedAt).toEqual(expect.any(Number));
  });

  it.each([
    ["inactive", undefined, "rejected: inactive", "introspection"],
    ["for others", { aud: "https://other.example" }, "rejected: audience", "introspection"],
    ["revoked", { jti: "stolen" }, "rejected: revoked", "revocation"],
    ["without a claim", {}, "rejected: claims_schema", "schema"],
  ])("agrees with verification about one that is %s", async (...row) => {
    const [, answer, code, decidedBy] = row;
    const clock = createControlledClock(Date.now() / 1000);
    const feed = createTestFeed(clock);
    await feed.append({ kind: "token", jti: "stolen", expiresAt: clock.now() + 1000 });
    const options = { revocations: { feed }, claims: tenant };
    const { verifier, issuer } = await setUpIntrospection({}, options);
    if (answer !== undefined) issuer.tokens.set("opaque", issuer.active(answer));
    const explanation = await verifier.explain("opaque");

    expect(describeVerdict(explanation)).toBe(code);
    expect(describeOutcome(await verifier.verifyToken("opaque"))).toBe(code);
    expect(explanation.decidedBy).toBe(decidedBy);
    expect(explanation.isProven).toBe(decidedBy !== "introspection");
    const steps = ["introspection", "revocation", "schema"];
    const reached = steps.indexOf(decidedBy);
    expect(steps.map((name) => statusOf(explanation, name))).toEqual(
      steps.map((_name, at) =>
        at < reached ? "passed" : at === reached ? "failed" : "not_reached",
      ),
    );
    const text = formatExplanation(explanation);
    expect(text.includes("does not vouch for it")).toBe(decidedBy === "introspection");
  });

  it("says that a bound token needs its proof, and what scope is missing", async () => {
    const { verifier, issuer } = await setUpIntrospection();
    issuer.tokens.set("opaque", issuer.active({ cnf: { jkt: "x" } }));
    const explanation = await verifier.explain("opaque", { scope: ["other"] });

    expect(describeVerdict(explanation)).toBe("rejected: confirmation");
    expect(explanation.decidedBy).toBe("confirmation");
    expect(statusOf(explanation, "scope")).toBe("failed");
  });

  it("calls unknown what the issuer does not tell", async () => {
    const { verifier, issuer } = await setUpIntrospection();
    issuer.reply = replyAlways(500, "");
    const explanation = await verifier.explain("opaque");

    expect(describeVerdict(explanation)).toBe("unavailable: introspection_unavailable");
    expect(explanation).toMatchObject({ decidedBy: "introspection", isProven: false });
  });
});
