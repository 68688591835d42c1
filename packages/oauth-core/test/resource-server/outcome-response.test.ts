import type { ProtocolFailure } from "@credicorp/oauth-core";
import { singleHeaderValue } from "@credicorp/oauth-core";
import { verificationFailure } from "@credicorp/oauth-core/jwt";
import { parseChallenges, parseProblemDetails } from "@credicorp/oauth-core/protocol";
import type { Outcome, RejectedOutcome } from "@credicorp/oauth-core/resource-server";
import {
  rejected,
  requireScope,
  toPrincipal,
  toResponse,
} from "@credicorp/oauth-core/resource-server";
import { describe, expect, it } from "vitest";

const detail: ProtocolFailure = {
  code: "planted",
  message: "planted detail",
  reference: "planted",
};
const options = { realm: "partner API" };

function ok(scope: readonly string[]): Outcome {
  const principal = toPrincipal({
    issuer: "https://as.example",
    subject: "p",
    clientId: "p",
    audience: ["https://api.example"],
    scope,
    issuedAt: 1,
    expiresAt: 2,
    jti: "1",
  });
  return { kind: "ok", principal };
}

function challengeOf(outcome: RejectedOutcome): unknown {
  const { headers } = toResponse(outcome, options);
  return parseChallenges(singleHeaderValue(headers, "www-authenticate") ?? "");
}

describe("toResponse", () => {
  it("RS-01 challenges without an error when there are no credentials", () => {
    const outcome = rejected("no_credentials", detail);

    expect(toResponse(outcome, options).status).toBe(401);
    expect(challengeOf(outcome)).toEqual([
      { scheme: "Bearer", parameters: { realm: "partner API" } },
    ]);
  });

  it("RS-02 answers 401 invalid_token", () => {
    const outcome = rejected("invalid_token", detail);

    expect(toResponse(outcome, options).status).toBe(401);
    expect(challengeOf(outcome)).toMatchObject([
      { scheme: "Bearer", parameters: { realm: "partner API", error: "invalid_token" } },
    ]);
  });

  it("RS-03 answers 403 insufficient_scope and names the scope", () => {
    const outcome = requireScope(ok(["decisions:read"]), ["applications:write", "decisions:read"]);
    if (outcome.kind !== "rejected") throw new Error("not rejected");

    expect(toResponse(outcome, options).status).toBe(403);
    expect(challengeOf(outcome)).toMatchObject([
      { parameters: { error: "insufficient_scope", scope: "applications:write decisions:read" } },
    ]);
  });

  it("RS-04 answers 400 invalid_request", () => {
    const outcome = rejected("invalid_request", detail);

    expect(toResponse(outcome, options).status).toBe(400);
    expect(challengeOf(outcome)).toMatchObject([{ parameters: { error: "invalid_request" } }]);
  });

  it("RMD-03 names the metadata of the resource in every challenge", () => {
    const resourceMetadata = "https://api.example/.well-known/oauth-protected-resource";
    for (const error of ["no_credentials", "invalid_request", "invalid_token"] as const) {
      const { headers } = toResponse(rejected(error, detail), { ...options, resourceMetadata });
      const [challenge] =
        parseChallenges(singleHeaderValue(headers, "www-authenticate") ?? "") ?? [];

      expect(challenge?.parameters).toMatchObject({ resource_metadata: resourceMetadata });
    }
  });

  it("names both schemes where proofs are taken, and the error in the one that was used", () => {
    const dpopAlgorithms = ["ES256", "Ed25519"] as const;
    const challenges = (outcome: RejectedOutcome): unknown => {
      const { headers } = toResponse(outcome, { ...options, dpopAlgorithms });
      return parseChallenges(singleHeaderValue(headers, "www-authenticate") ?? "");
    };
    const bearer = { realm: "partner API" };
    const proof = { realm: "partner API", algs: "ES256 Ed25519" };
    const error = { error: "invalid_token", error_description: expect.any(String) };

    expect(challenges(rejected("no_credentials", detail))).toEqual([
      { scheme: "Bearer", parameters: bearer },
      { scheme: "DPoP", parameters: proof },
    ]);
    expect(challenges(rejected("invalid_token", detail))).toEqual([
      { scheme: "Bearer", parameters: { ...bearer, ...error } },
      { scheme: "DPoP", parameters: proof },
    ]);
    expect(challenges({ ...rejected("invalid_token", detail), scheme: "dpop" })).toEqual([
      { scheme: "DPoP", parameters: { ...proof, ...error } },
    ]);
  });

  it.each(["invalid_dpop_proof", "use_dpop_nonce"] as const)(
    "DPOP-03 answers 401 %s with the fields of the outcome, uncacheable",
    (error) => {
      const { status, headers } = toResponse(
        {
          ...rejected(error, detail),
          scheme: "dpop",
          responseHeaders: [["DPoP-Nonce", "n"]],
        },
        { ...options, dpopAlgorithms: ["ES256"] },
      );

      expect(status).toBe(401);
      expect(singleHeaderValue(headers, "dpop-nonce")).toBe("n");
      expect(singleHeaderValue(headers, "cache-control")).toBe("no-store");
      expect(singleHeaderValue(headers, "www-authenticate")).toMatch(
        new RegExp(`^DPoP realm="partner API", error="${error}", .*algs="ES256"$`),
      );
    },
  );

  it("answers 503 with Retry-After and no challenge when it cannot tell", () => {
    const { status, headers } = toResponse(
      { kind: "unavailable", retryAfterSeconds: 1.2, detail },
      options,
    );

    expect(status).toBe(503);
    expect(singleHeaderValue(headers, "retry-after")).toBe("2");
    expect(singleHeaderValue(headers, "www-authenticate")).toBeUndefined();
  });

  it("ATK-45 gives the same bytes for every reason why a token is bad", () => {
    const codes = [
      "malformed",
      "type",
      "algorithm",
      "key_not_found",
      "signature",
      "claims",
      "issuer",
      "audience",
      "expired",
      "not_yet_valid",
      "confirmation",
    ] as const;
    const answers = codes.map((code) =>
      JSON.stringify(
        toResponse(rejected("invalid_token", verificationFailure(code).failure), options),
      ),
    );

    expect(new Set(answers).size).toBe(1);
  });

  it("ATK-44 shows nothing of the detail to the caller", () => {
    const outcomes = [
      rejected("no_credentials", detail),
      rejected("invalid_request", detail),
      rejected("invalid_token", detail),
      { kind: "unavailable", retryAfterSeconds: 1, detail } as const,
    ];

    expect(JSON.stringify(outcomes.map((outcome) => toResponse(outcome, options)))).not.toContain(
      "planted",
    );
  });

  it("ATK-43 lets no realm and no scope break out of the field", () => {
    const outcome: RejectedOutcome = {
      ...rejected("insufficient_scope", detail),
      requiredScope: ['a", error="x\r\nSet-Cookie: a=b'],
    };
    const { headers } = toResponse(outcome, { realm: 'r"\\\r\nX: y\u{1f600}' });

    expect(headers.map(([, value]) => value).join("")).not.toMatch(/[^\x20-\x7e]/);
    expect(parseChallenges(singleHeaderValue(headers, "www-authenticate") ?? "")).toMatchObject([
      { parameters: { error: "insufficient_scope" } },
    ]);
  });

  it("sends a problem that no cache keeps", () => {
    const { status, headers, body } = toResponse(rejected("invalid_token", detail), options);

    expect(singleHeaderValue(headers, "content-type")).toBe("application/problem+json");
    expect(singleHeaderValue(headers, "cache-control")).toBe("no-store");
    expect(parseProblemDetails(body)).toMatchObject({
      type: "about:blank",
      title: "Unauthorized",
      status,
    });
  });
});

describe("requireScope", () => {
  it("passes when every token was granted", () => {
    expect(requireScope(ok(["a", "b", "c"]), ["c", "a"]).kind).toBe("ok");
    expect(requireScope(ok([]), []).kind).toBe("ok");
  });

  it.each([
    [["read"], ["read:all"]],
    [["read:all"], ["read"]],
    [["Read"], ["read"]],
    [[], ["read"]],
    [["a"], ["a", "b"]],
    [["a b"], ["a"]],
    [["a"], ["toString"]],
  ])("ATK-35 refuses %j where %j is needed", (granted, needed) => {
    expect(requireScope(ok(granted), needed)).toMatchObject({
      kind: "rejected",
      error: "insufficient_scope",
    });
  });

  it("leaves other outcomes as they are", () => {
    const outcome = rejected("invalid_token", detail);

    expect(requireScope(outcome, ["a"])).toBe(outcome);
  });
});
