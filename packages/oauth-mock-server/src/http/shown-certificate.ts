/**
 * The certificate of a client that has no connection: what TLS, or a proxy, would have said of it.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";

import type { Peer } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

import type { ClientCertificateHeader } from "./client-certificate-header.ts";
import type { SandboxTls } from "./tls.ts";

/** What a server learns of a certificate. */
export type ShownCertificate = Pick<Peer, "certificate" | "isCertificateChainVerified">;

/** What decides what a certificate is worth. */
export interface CertificateTrust {
  readonly tls?: SandboxTls | undefined;
  readonly clientCertificateHeader?: ClientCertificateHeader | undefined;
}

const option = "clientCertificate";
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

// The purpose that TLS asks of a client's certificate which names purposes (RFC 5280 section 4.2.1.12).
const clientPurpose = "1.3.6.1.5.5.7.3.2";

/**
 * Reads the certificate that a client shows, in PEM, and those between it and an authority, if there are any.
 *
 * @throws {@link ConfigurationError} when it is none, or where certificates could not arrive over a connection either
 */
export function readShownCertificate(pem: string, trust: CertificateTrust): ShownCertificate {
  const { tls, clientCertificateHeader } = trust;
  if (tls === undefined && clientCertificateHeader === undefined) {
    throw new ConfigurationError(
      option,
      `${option} needs a sandbox with tls, or with clientCertificateHeader: without them it asks nobody for certificates`,
    );
  }
  const [leaf, ...between] = readCertificates(pem);
  if (leaf === undefined) {
    throw new ConfigurationError(option, `${option} must be a certificate in PEM`);
  }
  const authorities = (tls?.clientCertificateAuthorities ?? []).flatMap(readCertificates);
  const isVerified =
    tls === undefined
      ? clientCertificateHeader?.isChainVerified === true
      : isForClients(leaf) && leadsTo(authorities, leaf, between);
  return { certificate: new Uint8Array(leaf.raw), isCertificateChainVerified: isVerified };
}

function readCertificates(pem: string): readonly X509Certificate[] {
  try {
    return (pem.match(pemBlock) ?? []).map((block) => new X509Certificate(block));
  } catch {
    // Without the cause: it may quote what it was given.
    return [];
  }
}

function isForClients({ keyUsage }: X509Certificate): boolean {
  // What Node calls key usage are the extended ones; a certificate without any is for every purpose.
  const purposes = keyUsage as readonly string[] | undefined;
  return purposes === undefined || purposes.includes(clientPurpose);
}

/** Goes up from a certificate; each is used once, so that no circle is without end. */
function leadsTo(
  authorities: readonly X509Certificate[],
  certificate: X509Certificate,
  between: readonly X509Certificate[],
): boolean {
  if (!isOfNow(certificate)) return false;
  const isIssuer = (other: X509Certificate): boolean =>
    other.ca && certificate.checkIssued(other) && certificate.verify(other.publicKey);
  if (authorities.some((authority) => isIssuer(authority) && isOfNow(authority))) return true;
  return between.some(
    (other) =>
      isIssuer(other) &&
      leadsTo(
        authorities,
        other,
        between.filter((one) => one !== other),
      ),
  );
}

/** By the clock of the machine, as TLS knows no other. */
function isOfNow({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}
