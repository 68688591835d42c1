import type { AnyOAuthError, TransportFailure } from "@credicorp/oauth-core";
import {
  AbortedError,
  isOAuthError,
  NetworkError,
  ProtocolError,
  TimeoutError,
} from "@credicorp/oauth-core";

/** A request that got no answer. */
export interface UnansweredRequest {
  /** Such as `The token endpoint`. */
  readonly target: string;
  readonly url: string;
  readonly timeoutMs: number;
}

/** Makes the error of a request that got no usable answer. */
export function buildTransportError(
  failure: TransportFailure,
  { target, url, timeoutMs }: UnansweredRequest,
): AnyOAuthError {
  const { origin } = new URL(url);
  switch (failure.kind) {
    case "timeout":
      return new TimeoutError(`${target} at ${origin} did not answer within ${timeoutMs} ms`);
    case "aborted":
      return new AbortedError(`The request to ${origin} was aborted`);
    case "too_large":
      return new ProtocolError("response_too_large", `${target} at ${origin} answered too much`);
    case "network": {
      // Of ours: the connection could not even be tried.
      if (isOAuthError(failure.cause)) return failure.cause;
      const cause = describeCause(failure.cause);
      const details = {
        hint: "Check the base URL, DNS, the proxy and TLS.",
        ...(cause && { cause }),
      };
      const reason = cause === undefined ? "" : `: ${cause.message}`;
      return new NetworkError(`${target} at ${origin} could not be reached${reason}`, details);
    }
  }
}

/**
 * Returns an error with the code alone, of the innermost cause that has one.
 *
 * Transport errors may quote headers, or hold the bytes of an answer, and errors get logged.
 */
function describeCause(cause: unknown): Error | undefined {
  let code: string | undefined;
  let current = cause;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const candidate = "code" in current ? current.code : undefined;
    if (typeof candidate === "string" && /^[A-Z][A-Z0-9_]{1,63}$/.test(candidate)) code = candidate;
    current = current.cause;
  }
  return code === undefined ? undefined : new Error(code);
}
