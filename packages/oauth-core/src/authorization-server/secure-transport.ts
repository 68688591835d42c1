import type { Peer } from "../http.ts";
import type { ServerPolicy } from "./configuration.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Returns the refusal of credentials that came without TLS from elsewhere than this machine; `undefined` for all others.
 *
 * They have been seen by whoever looked, and should not become a habit because they work.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 | RFC 6749 section 3.2}
 */
export function insecureTransport(
  peer: Peer,
  { allowInsecureHttp }: Pick<ServerPolicy, "allowInsecureHttp">,
): Refusal | undefined {
  if (peer.secure || allowInsecureHttp || isLoopbackAddress(peer.address)) return undefined;
  return {
    status: 400,
    error: "invalid_request",
    description: "Credentials are accepted over TLS only",
    why: "insecure_transport",
  };
}

/** Tells whether an address can only be that of this machine; IPv6 in the short form, as sockets write it. */
function isLoopbackAddress(address: string): boolean {
  return /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i.test(address);
}
