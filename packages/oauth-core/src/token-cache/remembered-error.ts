import type { AnyOAuthError } from "../errors.ts";
import type { OngoingOutage } from "./token-state.ts";

/**
 * Returns the error of an outage for a caller for whom nothing was sent.
 *
 * It is a new error of the same class, so that its stack is the caller's, and it says since when, after how many
 * attempts, and when the next one is.
 */
export function rememberedError(outage: OngoingOutage, nowMs: number): AnyOAuthError {
  const { error, since, attempts } = outage;
  const { message, cause } = error;
  // Every class has constructor arguments of its own; what they made is in the fields.
  const again = Reflect.construct(
    Error,
    [message, cause === undefined ? undefined : { cause }],
    error.constructor,
  ) as AnyOAuthError;
  const retryAfterMs = Math.max(0, Math.ceil(outage.nextTryAtMs - nowMs));
  return Object.assign(again, error, { retryAfterMs, outage: { since, attempts } });
}
