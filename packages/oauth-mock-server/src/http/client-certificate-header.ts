/**
 * The certificate of a client as a proxy reports it that ended TLS before the sandbox.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";

import type { HeaderList } from "@credicorp/oauth-core";
import { ConfigurationError, singleHeaderValue } from "@credicorp/oauth-core";
import { parseClientCertField } from "@credicorp/oauth-core/protocol";
import { bytes } from "@credicorp/oauth-runtime";

/** The header field by which the proxies of `trustedProxies` report certificates. From anybody else it is ignored. */
export interface ClientCertificateHeader {
  /** Such as `Client-Cert` (RFC 9440). The proxies must remove it from what clients send. */
  readonly name: string;

  /** `byte_sequence` as in RFC 9440, or `url_encoded_pem` as nginx writes `$ssl_client_escaped_cert`. @defaultValue `byte_sequence` */
  readonly format?: "byte_sequence" | "url_encoded_pem" | undefined;

  /**
   * Whether the proxies report a certificate only after they have verified its chain up to authorities for clients:
   * `tls_client_auth` rests on it. Where they also report certificates that nobody verified, it must stay false.
   *
   * @defaultValue false
   */
  readonly isChainVerified?: boolean | undefined;
}

/** Returns the DER bytes; `undefined` when the field is absent, there twice, or malformed. */
export function readClientCertificateHeader(
  headers: HeaderList,
  { name, format = "byte_sequence" }: ClientCertificateHeader,
): Uint8Array | undefined {
  const value = singleHeaderValue(headers, name.toLowerCase());
  if (value === undefined || value === "") return undefined;
  return format === "byte_sequence" ? parseClientCertField(value, bytes) : parseEscapedPem(value);
}

/** Checks the option. @throws {@link ConfigurationError} that says what is missing. */
export function checkClientCertificateHeader(
  { name }: ClientCertificateHeader,
  trustedProxies: readonly string[],
): void {
  const option = "clientCertificateHeader";
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new ConfigurationError(`${option}.name`, `${option}.name must be the name of a field`);
  }
  if (trustedProxies.length === 0) {
    const rule = "is believed only from proxies: name them in trustedProxies";
    throw new ConfigurationError(option, `${option} ${rule}`);
  }
}

function parseEscapedPem(value: string): Uint8Array | undefined {
  try {
    const pem = decodeURIComponent(value);
    const isOne = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
    return isOne.test(pem) ? new Uint8Array(new X509Certificate(pem).raw) : undefined;
  } catch {
    // Whoever sent it, it is no certificate.
    return undefined;
  }
}
