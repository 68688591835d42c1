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
  const { message, cause, hint } = error;
  const retryAfterMs = Math.max(0, Math.ceil(outage.nextTryAtMs - nowMs));
  const lastsSince = new Date(since * 1000).toISOString();
  const history = `Nothing was sent: ${attempts} failed since ${lastsSince}, the next is in ${retryAfterMs} ms.`;
  // Every class has constructor arguments of its own; what they made is in the fields.
  const again = Reflect.construct(
    Error,
    [message, cause === undefined ? undefined : { cause }],
    error.constructor,
  ) as AnyOAuthError;
  return Object.assign(again, error, {
    hint: hint === undefined ? history : `${hint} ${history}`,
    retryAfterMs,
    outage: { since, attempts },
  });
}
