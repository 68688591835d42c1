/**
 * TLS that the sandbox ends itself, and the certificates that its clients show it.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { createSecureContext } from "node:tls";

import { ConfigurationError } from "@credicorp/oauth-core";

/** The server's certificate and its key, both in PEM, and whose client certificates it believes. */
export interface SandboxTls {
  readonly key: string;

  /** The certificate, and those of the authorities between it and the root, if there are any. */
  readonly cert: string;

  /**
   * Authorities whose client certificates pass for `tls_client_auth`, each a certificate in PEM or several.
   *
   * @defaultValue none: clients connect with certificates of their own making (`self_signed_tls_client_auth`)
   */
  readonly clientCertificateAuthorities?: readonly string[] | undefined;
}

// A peer that says nothing must not hold on to a connection.
const handshakeTimeoutMs = 10_000;

/**
 * Returns what Node's server needs to know: every client is asked for a certificate, and none is turned away for having
 * a bad one or none. What a certificate is worth is decided for each request.
 */
export function tlsServerOptions(tls: SandboxTls): TlsOptions {
  return {
    key: tls.key,
    cert: tls.cert,
    // Without this list Node would believe every authority that browsers do.
    ca: [...(tls.clientCertificateAuthorities ?? [])],
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
  };
}

/** Checks the certificates. @throws {@link ConfigurationError} that names the option; it holds no key. */
export function checkTls(tls: SandboxTls): void {
  for (const [index, authority] of (tls.clientCertificateAuthorities ?? []).entries()) {
    const option = `tls.clientCertificateAuthorities[${index}]`;
    attempt(option, "must be a certificate in PEM", () => new X509Certificate(authority));
  }
  const rule = "must be a certificate in PEM, and tls.key its private key";
  attempt("tls.cert", rule, () => {
    // An empty text is neither, and yet Node makes a context of it that no client can talk to.
    createPrivateKey(tls.key);
    return new X509Certificate(tls.cert);
  });
  attempt("tls.cert", rule, () => createSecureContext({ key: tls.key, cert: tls.cert }));
}

function attempt(option: string, rule: string, read: () => unknown): void {
  try {
    read();
  } catch {
    // Without the cause: it may quote what it was given.
    throw new ConfigurationError(option, `${option} ${rule}`);
  }
}
