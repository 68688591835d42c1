import { ConfigurationError } from "../../errors.ts";
import { isSecureUrl, parseAbsoluteUrl } from "../../protocol/secure-url.ts";

/** The client authentication methods of RFC 8705. */
type MutualTlsMethod = "tls_client_auth" | "self_signed_tls_client_auth";

/** Tells the methods that authenticate a client by the certificate of its connection. */
export function isMutualTlsMethod(method: string): method is MutualTlsMethod {
  return method === "tls_client_auth" || method === "self_signed_tls_client_auth";
}

/** What a server may rely on when it is told of client certificates. */
export interface MutualTlsOptions {
  /**
   * Whether what stands before the server verifies the chains of certificates up to authorities of its own, and says so
   * for each: `tls_client_auth` needs it, self-signed certificates and bound tokens do not.
   */
  readonly verifiesChains: boolean;

  /**
   * The origin at which the endpoints ask for a certificate, when it is not the issuer's; named in the metadata
   * (`mtls_endpoint_aliases`).
   *
   * @defaultValue absent: the endpoints themselves ask
   */
  readonly endpointOrigin?: string | undefined;
}

/** The options, checked. */
export type MutualTlsPolicy = MutualTlsOptions;

/** Checks the options. @throws {@link ConfigurationError} that names the first wrong one and the rule it breaks. */
export function resolveMutualTlsOptions(
  { verifiesChains, endpointOrigin }: MutualTlsOptions,
  allowInsecureHttp: boolean,
): MutualTlsPolicy {
  if (endpointOrigin === undefined) return { verifiesChains };
  if (parseAbsoluteUrl(endpointOrigin)?.origin !== endpointOrigin) {
    throw invalid("must be an origin: scheme, host and port, without a slash at the end");
  }
  if (!allowInsecureHttp && !isSecureUrl(endpointOrigin)) throw invalid("must be https");
  return { verifiesChains, endpointOrigin };
}

function invalid(rule: string): ConfigurationError {
  const option = "mutualTls.endpointOrigin";
  return new ConfigurationError(option, `${option} ${rule}`);
}
