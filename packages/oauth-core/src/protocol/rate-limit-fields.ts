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

// Structured fields (RFC 9651): strings are ASCII, integers have at most 15 digits, a space may follow a semicolon.
const outsideName = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;
const policyPattern = /^"([\x20\x21\x23-\x5b\x5d-\x7e]*)"; *q=(\d{1,15}); *w=(\d{1,15})$/;
const statePattern = /^"([\x20\x21\x23-\x5b\x5d-\x7e]*)"; *r=(\d{1,15}); *t=(\d{1,15})$/;

/** Writes both field values, in whole numbers; what a policy's name may not hold becomes `?`. */
export function formatRateLimitFields(fields: RateLimitFields): FormattedRateLimit {
  const name = fields.policy.replace(outsideName, "?");
  const [quota, remaining] = [fields.quota, fields.remaining].map((count) =>
    Math.max(0, Math.floor(count)),
  );
  const [window, reset] = [fields.windowSeconds, fields.resetAfterSeconds].map((seconds) =>
    Math.max(0, Math.ceil(seconds)),
  );
  return {
    "ratelimit-policy": `"${name}";q=${quota};w=${window}`,
    ratelimit: `"${name}";r=${remaining};t=${reset}`,
  };
}

/**
 * Reads both field values of a single policy; `undefined` unless they belong together and are well formed.
 *
 * Lists of several policies, and parameters other than `q`, `w`, `r` and `t`, are not read.
 */
export function parseRateLimitFields(values: FormattedRateLimit): RateLimitFields | undefined {
  const policy = policyPattern.exec(values["ratelimit-policy"]);
  const state = statePattern.exec(values.ratelimit);
  if (policy === null || state === null || policy[1] !== state[1]) return undefined;
  return {
    policy: policy[1] ?? "",
    quota: Number(policy[2]),
    windowSeconds: Number(policy[3]),
    remaining: Number(state[2]),
    resetAfterSeconds: Number(state[3]),
  };
}
