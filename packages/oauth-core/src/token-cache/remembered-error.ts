import type { AnyOAuthError } from "../errors.ts";
import {
  AbortedError,
  ConfigurationError,
  HttpStatusError,
  NetworkError,
  OAuthResponseError,
  ProtocolError,
  TimeoutError,
} from "../errors.ts";
import type { OngoingOutage } from "./token-state.ts";

/**
 * Returns the error of an outage for a caller for whom nothing was sent.
 *
 * It is a new error of the same class, so that its stack is the caller's, and it says since when, after how many
 * attempts, and when the next one is.
 */
export function rememberedError(outage: OngoingOutage, nowMs: number): AnyOAuthError {
  const { error, since, attempts } = outage;
  const retryAfterMs = Math.max(0, Math.ceil(outage.nextTryAtMs - nowMs));
  const history =
    `Nothing was sent for this call: ${attempts} ${attempts === 1 ? "attempt has" : "attempts have"} failed since ` +
    `${new Date(since * 1000).toISOString()}, and the next is in ${retryAfterMs} ms.`;
  const details = {
    hint: error.hint === undefined ? history : `${error.hint} ${history}`,
    ...(error.reference !== undefined && { reference: error.reference }),
    ...(error.requestId !== undefined && { requestId: error.requestId }),
    ...(error.cause !== undefined && { cause: error.cause }),
    retryAfterMs,
    outage: { since, attempts },
  };
  switch (error.kind) {
    case "oauth":
      return new OAuthResponseError(error, details);
    case "http":
      return new HttpStatusError(error.status, details);
    case "network":
      return new NetworkError(error.message, details);
    case "timeout":
      return new TimeoutError(error.message, details);
    case "aborted":
      return new AbortedError(error.message, details);
    case "protocol":
      return new ProtocolError(error.failure, error.message, details);
    case "config":
      return new ConfigurationError(error.option, error.message, details);
  }
}
