/**
 * The `RateLimit-Policy` and `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers-10).
 *
 * @module
 */

/** What a policy allows, and what is left of it. */
export interface RateLimitFields {
  /** The policy's name, such as `token`. */
  readonly policy: string;

  /** Requests in a window. */
  readonly quota: number;
  readonly windowSeconds: number;
  readonly remaining: number;

  /** Seconds until the whole quota is there again. */
  readonly resetAfterSeconds: number;
}

/** The two field values. */
export interface FormattedRateLimit {
  readonly "ratelimit-policy": string;
  readonly ratelimit: string;
}

/** Writes both field values; the policy's name must be plain ASCII without quotes. */
export function formatRateLimitFields(fields: RateLimitFields): FormattedRateLimit {
  const { policy, quota, windowSeconds, remaining, resetAfterSeconds } = fields;
  return {
    "ratelimit-policy": `"${policy}";q=${quota};w=${windowSeconds}`,
    ratelimit: `"${policy}";r=${Math.max(0, Math.floor(remaining))};t=${Math.ceil(resetAfterSeconds)}`,
  };
}

/** Reads both field values of a single policy; `undefined` unless they belong together and are well formed. */
export function parseRateLimitFields(values: FormattedRateLimit): RateLimitFields | undefined {
  const policy = /^"([\x20\x21\x23-\x5b\x5d-\x7e]*)";q=(\d{1,15});w=(\d{1,15})$/.exec(
    values["ratelimit-policy"],
  );
  const state = /^"([\x20\x21\x23-\x5b\x5d-\x7e]*)";r=(\d{1,15});t=(\d{1,15})$/.exec(
    values.ratelimit,
  );
  if (policy === null || state === null || policy[1] !== state[1]) return undefined;
  return {
    policy: policy[1] ?? "",
    quota: Number(policy[2]),
    windowSeconds: Number(policy[3]),
    remaining: Number(state[2]),
    resetAfterSeconds: Number(state[3]),
  };
}
