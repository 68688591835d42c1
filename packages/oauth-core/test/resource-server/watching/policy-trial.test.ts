import type { AccessTokenClaims, AccessTokenPolicy } from "@credicorp/oauth-core/jwt";
import { checkClaims } from "@credicorp/oauth-core/jwt";
import type {
  CandidatePolicy,
  PolicyDifference,
  PolicyTrialResult,
  TokenSight,
} from "@credicorp/oauth-core/resource-server";
import { compareVerdicts, createPolicyTrial } from "@credicorp/oauth-core/resource-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

const now = 1_700_000_000;
const claims: AccessTokenClaims = {
  issuer: "https://as.example",
  subject: "partner-1",
  clientId: "partner-1",
  audience: ["https://api.example"],
  scope: ["decisions:read"],
  issuedAt: now - 10,
  expiresAt: now + 900,
  jti: "1",
};
const present: AccessTokenPolicy = {
  issuer: "https://as.example",
  audience: ["https://api.example"],
  algorithms: ["ES256", "RS256"],
  tokenTypes: ["at+jwt"],
  clockToleranceSeconds: 5,
};

function candidate(
  change: Partial<AccessTokenPolicy>,
  rules: Partial<Omit<CandidatePolicy, "policy">> = {},
): CandidatePolicy {
  const defaults = { scope: [], requireBoundTokens: false, requiresBoundTokensNow: false };
  return { policy: { ...present, ...change }, ...defaults, ...rules };
}

/** What the present policy makes of a token with a good signature. */
function sight(
  change: Partial<AccessTokenClaims> = {},
  rest: Partial<TokenSight> = {},
): TokenSight {
  const changed = { ...claims, ...change };
  const refusedFor = checkClaims(changed, present, now);
  return { claims: changed, algorithm: "ES256", now, refusedFor, ...rest };
}

interface Comparison {
  readonly title: string;
  readonly seen: TokenSight;
  readonly tried: CandidatePolicy;
  readonly difference: PolicyDifference | undefined;
}

const strict = candidate({ clockToleranceSeconds: 0 });
const tolerant = candidate({ clockToleranceSeconds: 300 });
const renamed = candidate({ audience: ["urn:new"] });
const bound = candidate({}, { requireBoundTokens: true });
const refuse = (reason: PolicyDifference["reason"]): PolicyDifference => ({
  would: "refuse",
  reason,
});
const accept = (reason: PolicyDifference["reason"]): PolicyDifference => ({
  would: "accept",
  reason,
});

describe("compareVerdicts", () => {
  it.each<Comparison>([
    { title: "the same policy", seen: sight(), tried: candidate({}), difference: undefined },
    { title: "another audience", seen: sight(), tried: renamed, difference: refuse("audience") },
    {
      title: "fewer algorithms",
      seen: sight(),
      tried: candidate({ algorithms: ["RS256"] }),
      difference: refuse("algorithm"),
    },
    {
      title: "less tolerance for the past",
      seen: sight({ expiresAt: now - 3 }),
      tried: strict,
      difference: refuse("expired"),
    },
    {
      title: "less tolerance for the future",
      seen: sight({ notBefore: now + 3 }),
      tried: strict,
      difference: refuse("not_yet_valid"),
    },
    {
      title: "a scope that the token lacks",
      seen: sight(),
      tried: candidate({}, { scope: ["decisions:read", "x"] }),
      difference: refuse("scope_insufficient"),
    },
    {
      title: "a scope that the token has",
      seen: sight(),
      tried: candidate({}, { scope: ["decisions:read"] }),
      difference: undefined,
    },
    { title: "bound tokens only", seen: sight(), tried: bound, difference: refuse("not_bound") },
    {
      title: "bound tokens only, of which this is one",
      seen: sight({ confirmation: { jkt: "x" } }),
      tried: bound,
      difference: undefined,
    },
    {
      title: "any token, while bound ones are required now",
      seen: sight(),
      tried: candidate({}, { requiresBoundTokensNow: true }),
      difference: accept("not_bound"),
    },
    {
      title: "another audience, of a token that is refused now as it is not bound",
      seen: sight(),
      tried: candidate({ audience: ["urn:new"] }, { requiresBoundTokensNow: true }),
      difference: undefined,
    },
    {
      title: "another audience, of a bound token while they are required now",
      seen: sight({ confirmation: { jkt: "x" } }),
      tried: candidate(
        { audience: ["urn:new"] },
        { requireBoundTokens: true, requiresBoundTokensNow: true },
      ),
      difference: refuse("audience"),
    },
    {
      title: "the audience that the token has",
      seen: sight({ audience: ["urn:new"] }),
      tried: renamed,
      difference: accept("audience"),
    },
    {
      title: "more tolerance for the past",
      seen: sight({ expiresAt: now - 60 }),
      tried: tolerant,
      difference: accept("expired"),
    },
    {
      title: "more tolerance for the future",
      seen: sight({ notBefore: now + 60 }),
      tried: tolerant,
      difference: accept("not_yet_valid"),
    },
    {
      title: "another reason to refuse the same token",
      seen: sight({ audience: ["urn:other"] }),
      tried: renamed,
      difference: undefined,
    },
    {
      title: "the audience of a token that needs a proof besides",
      seen: sight({ audience: ["urn:new"], confirmation: { jkt: "x" } }),
      tried: renamed,
      difference: undefined,
    },
    {
      title: "another audience than that of a revoked token",
      seen: sight({}, { refusedFor: "revoked" }),
      tried: renamed,
      difference: undefined,
    },
    {
      title: "another audience, of a token whose claims cannot be read",
      seen: sight({}, { claims: undefined, refusedFor: "claims" }),
      tried: renamed,
      difference: undefined,
    },
  ])("compares with $title", ({ seen, tried, difference }) => {
    expect(compareVerdicts(seen, tried)).toEqual(difference);
  });
});

function startTrial() {
  const clock = createControlledClock();
  const reports: PolicyTrialResult[] = [];
  const trial = createPolicyTrial(renamed, {
    clock,
    report: (found) => void reports.push(found),
  });
  let tokens = 0;
  const see = (change: Partial<AccessTokenClaims> = {}): void => {
    tokens += 1;
    trial.observe(sight({ jti: `${tokens}`, ...change }));
  };
  return { clock, trial, reports, see };
}

describe("policy trial", () => {
  it("reports the first difference at once, and the others a minute later in one", () => {
    const { clock, trial, reports, see } = startTrial();
    const refusals = (count: number) => ({ ...refuse("audience"), count });

    see({ audience: ["https://api.example", "urn:new"] });
    expect(reports).toEqual([]);
    see();
    expect(reports).toEqual([{ judged: 2, differences: [refusals(1)] }]);
    for (let token = 0; token < 100; token += 1) see();
    see({ audience: ["urn:new"] });
    clock.advance(59.9);
    see();
    expect(reports).toHaveLength(1);
    clock.advance(0.1);
    see();
    expect(reports[1]).toEqual({
      judged: 103,
      differences: [refusals(102), { ...accept("audience"), count: 1 }],
    });
    expect(trial.total()).toEqual({
      judged: 105,
      differences: [refusals(103), { ...accept("audience"), count: 1 }],
    });
  });

  it("counts a token that comes again once, and remembers a bounded number of them", () => {
    const { trial, see } = startTrial();

    for (let times = 0; times < 50; times += 1) see({ jti: "same" });
    expect(trial.total()).toMatchObject({ judged: 1, differences: [{ count: 1 }] });
    for (let token = 0; token < 1500; token += 1) see();
    see({ jti: "same" });
    expect(trial.total()).toMatchObject({ judged: 1501 });
    for (let token = 0; token < 3000; token += 1) see();
    see({ jti: "same" });
    expect(trial.total()).toMatchObject({ judged: 4502 });
  });
});
