/**
 * Client authentication by the certificate of the connection.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-2 | RFC 8705 section 2}
 * @module
 */

import type { Peer } from "../../http.ts";
import type { CertificateDetails } from "../../ports.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import type { RefusalReason } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import type { CertificateSubject } from "./certificate-subject.ts";
import { fitsSubject } from "./certificate-subject.ts";

/** A certificate that came with the connection, and what the TLS layer found out about it. */
export interface PresentedCertificate {
  readonly der: Uint8Array;
  readonly isChainVerified: boolean;
}

/** Returns the certificate of a peer, if it has one. */
export function presentedCertificate(peer: Peer): PresentedCertificate | undefined {
  const { certificate: der, isCertificateChainVerified } = peer;
  return der && { der, isChainVerified: isCertificateChainVerified === true };
}

/** Stands in for the subject of a client that has none, so that the same work is done for it. */
const decoySubject: CertificateSubject = { tlsClientAuthSubjectDn: "CN=nobody" };

/**
 * Returns why a certificate does not prove that its owner is the client; `undefined` when it does.
 *
 * The certificate is read and compared with a subject whether or not the client exists and uses certificates.
 */
export async function verifyClientCertificate(
  { der, isChainVerified }: PresentedCertificate,
  client: ClientRecord | undefined,
  { ports }: Pick<ServerContext, "ports">,
): Promise<RefusalReason | undefined> {
  const method = client?.authenticationMethod;
  const read = await ports.certificateReader?.read(der);
  if (read?.ok !== true) return "certificate_unreadable";
  const subject = method === "tls_client_auth" ? client : decoySubject;
  const isSubject = subject !== undefined && fitsSubject(read.value, subject);

  const untimely = untimeliness(read.value, ports.clock.now());
  if (untimely !== undefined) return untimely;
  if (method === "self_signed_tls_client_auth") {
    const isRegistered = hasCertificate(client?.tlsCertificates ?? [], der, ports);
    return isRegistered ? undefined : "certificate_not_registered";
  }
  if (!isChainVerified) return "certificate_untrusted";
  return isSubject && method === "tls_client_auth" ? undefined : "certificate_subject";
}

/** Written so that a clock that yields NaN accepts nothing. */
function untimeliness(
  { notBefore, notAfter }: CertificateDetails,
  now: number,
): RefusalReason | undefined {
  if (!(now >= notBefore)) return "certificate_not_yet_valid";
  return Math.floor(now) <= notAfter ? undefined : "certificate_expired";
}

function hasCertificate(
  registered: readonly string[],
  der: Uint8Array,
  { bytes, digest }: Pick<ServerContext["ports"], "bytes" | "digest">,
): boolean {
  return registered.some((text) => {
    const certificate = bytes.decodeBase64url(text);
    return certificate !== undefined && digest.isEqual(certificate, der);
  });
}
