/**
 * Which budgets a request is charged to, and when.
 *
 * Before authentication only the address's ceiling and a failure budget keyed by client id and address are looked at;
 * the client's own budget is charged once it has proven who it is. So nobody who merely knows a client id can lock its
 * owner out. When the rate limiter cannot answer, requests fail with 503: it is closed, not open.
 *
 * The failure budget is exact, however many guesses are in flight. A look before anything is hashed saves the work; but
 * a thousand guesses sent at once all pass it, and one of them may be right. So each attempt, right or wrong, goes to
 * the limiter once more after its credential has been checked: a wrong one is charged, and a right one is refused like
 * the wrong ones when the budget has been spent meanwhile. Both take the same path, so that being right does not get
 * there first, and only as many attempts as the budget allows learn anything. Charging before the check and giving back
 * on success would be as exact, but would refuse a client that sends more good requests at once than it may fail.
 * Nobody is locked out who was not already: the key is the client id and the address block, and the look before would
 * refuse the next request from there as well.
 *
 * @module
 */

import type { HeaderList } from "../../http.ts";
import type { RateLimit, RateLimiter, RateLimitState } from "../../ports.ts";
import { formatRateLimitFields } from "../../protocol/rate-limit-fields.ts";
import { formatRetryAfter } from "../../protocol/retry-after.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { Refusal, RefusalReason } from "../refusal.ts";
import { addressBlock } from "./address-block.ts";

/** A budget by the name that callers see. */
interface NamedBudget {
  readonly policy: string;
  readonly limit: RateLimit;
  readonly why: RefusalReason;
}

/** Who is asking, as far as one can tell before authentication: the budgets that are charged. */
export interface Claimant {
  readonly addressKey: string;
  readonly failuresKey: string;
}

const maxClientIdLength = 128;

/** Tells who is asking, once for all the budgets that a request meets. */
export function claimantOf(address: string, clientId = ""): Claimant {
  const block = addressBlock(address);
  return {
    addressKey: `address ${block}`,
    failuresKey: `failures ${block} ${clientId.slice(0, maxClientIdLength)}`,
  };
}

/** Charges a request to its address, and looks whether this client id has failed too often from there. */
export async function chargeBeforeAuthentication(
  claimant: Claimant,
  limits: { readonly address: RateLimit | null; readonly failedAuthentication: RateLimit | null },
  rateLimiter: RateLimiter,
): Promise<Refusal | undefined> {
  if (limits.address !== null) {
    const budget: NamedBudget = {
      policy: "address",
      limit: limits.address,
      why: "address_budget_spent",
    };
    const state = await rateLimiter.take(claimant.addressKey, limits.address, 1);
    if (!state.allowed) return tooManyRequests(budget, state);
  }
  return checkFailures(claimant, limits.failedAuthentication, { rateLimiter, cost: 0 });
}

/**
 * Charges a failed authentication, and looks again when one has succeeded.
 *
 * A refusal replaces the answer, whatever it is, so that guesses beyond the budget tell nothing.
 */
export async function settleAuthentication(
  claimant: Claimant,
  limit: RateLimit | null,
  attempt: { readonly rateLimiter: RateLimiter; readonly hasFailed: boolean },
): Promise<Refusal | undefined> {
  const { rateLimiter, hasFailed } = attempt;
  return checkFailures(claimant, limit, { rateLimiter, cost: hasFailed ? 1 : 0 });
}

async function checkFailures(
  claimant: Claimant,
  limit: RateLimit | null,
  charge: { readonly rateLimiter: RateLimiter; readonly cost: 0 | 1 },
): Promise<Refusal | undefined> {
  if (limit === null) return undefined;
  const state = await charge.rateLimiter.take(claimant.failuresKey, limit, charge.cost);
  if (state.allowed) return undefined;
  return tooManyRequests({ policy: "failures", limit, why: "failure_budget_spent" }, state);
}

/** Charges the own budget of a client, and returns the fields that tell it what is left. */
export async function chargeClient(
  client: { readonly clientId: string; readonly policy: string },
  limit: RateLimit | null,
  rateLimiter: RateLimiter,
): Promise<Result<HeaderList, Refusal>> {
  if (limit === null) return ok([]);
  const { clientId, policy } = client;
  const state = await rateLimiter.take(`client ${policy} ${clientId}`, limit, 1);
  if (state.allowed) return ok(rateLimitHeaders(policy, limit, state));
  const refusal = tooManyRequests({ policy, limit, why: "client_budget_spent" }, state);
  return failed({ ...refusal, clientId });
}

function tooManyRequests(budget: NamedBudget, state: RateLimitState): Refusal {
  const { policy, limit, why } = budget;
  const retryAfter = formatRetryAfter(Math.max(1, state.retryAfterSeconds));
  return {
    status: 429,
    error: "temporarily_unavailable",
    description:
      "Too many requests: wait for the time in Retry-After, and reuse tokens until they expire",
    why,
    headers: [
      ["Retry-After", retryAfter],
      // While nothing is left, both fields name the moment of the next request.
      ...rateLimitHeaders(policy, limit, { remaining: 0, resetAfterSeconds: Number(retryAfter) }),
    ],
    extensions: {
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Request cannot be satisfied as assigned quota has been exceeded",
      status: 429,
      "violated-policies": [policy],
    },
  };
}

function rateLimitHeaders(
  policy: string,
  limit: RateLimit,
  state: Pick<RateLimitState, "remaining" | "resetAfterSeconds">,
): HeaderList {
  const fields = formatRateLimitFields({
    policy,
    quota: limit.limit,
    windowSeconds: limit.windowSeconds,
    remaining: state.remaining,
    resetAfterSeconds: state.resetAfterSeconds,
  });
  return [
    ["RateLimit-Policy", fields["ratelimit-policy"]],
    ["RateLimit", fields.ratelimit],
  ];
}
