import { AbortedError, NetworkError, ProtocolError, TimeoutError } from "@credicorp/oauth-core";

/** Makes the error of something of the issuer's that cannot be had; `code` is what `health()` shows. */
export function toIssuerError(
  what: string,
  code = "aborted",
): NetworkError | TimeoutError | AbortedError | ProtocolError {
  const message = `${what} cannot be had: ${code}`;
  switch (code) {
    case "network":
      return new NetworkError(message);
    case "timeout":
      return new TimeoutError(message);
    case "aborted":
      return new AbortedError(message);
    default:
      return new ProtocolError(code, message, { reference: "RFC 9068 section 4" });
  }
}
