import type { StoreUnavailableError } from "../stores/store-unavailable.ts";
import type { Refusal } from "./refusal.ts";

/**
 * The refusal of a request that cannot be decided: the server is closed, not open.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1 | RFC 7009 section 2.2.1}
 */
export function storeUnavailable(cause: StoreUnavailableError): Refusal {
  return {
    status: 503,
    error: "temporarily_unavailable",
    description:
      "The server cannot decide at the moment: try again, with another assertion or proof if there was one; a token to be revoked is still valid",
    why: "store_unavailable",
    headers: [["Retry-After", "1"]],
    cause,
  };
}
