/**
 * What a token is bound to: the key of a DPoP proof, the certificate of the connection, or nothing.
 *
 * It is bound to one key at most (RFC 7800 section 3.1), so that nobody can check half of it.
 *
 * @module
 */

import type { Peer } from "../../http.ts";
import { certificateThumbprint } from "../../jwt/certificate-thumbprint.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import type { Refusal } from "../refusal.ts";
import { securityProfileRules } from "../security-profile.ts";
import type { ServerContext } from "../server-context.ts";

/** The key that a token is bound to, as its `cnf` names it. */
export type Confirmation =
  | { readonly jkt: string; readonly "x5t#S256"?: undefined }
  | { readonly "x5t#S256": string; readonly jkt?: undefined };

/**
 * Decides what a token is bound to; `undefined` for a bearer token.
 *
 * A client of `tlsClientCertificateBoundAccessTokens` gets no token but one that is bound to its certificate, and may
 * send no DPoP proof. Else the key of its proof counts. A profile that allows no bearer tokens takes the certificate
 * where there is no proof.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-3 | RFC 8705 section 3}
 */
export async function constrainToSender(
  { jkt, peer }: { readonly jkt: string | undefined; readonly peer: Peer },
  client: ClientRecord,
  { policy, ports }: Pick<ServerContext, "policy" | "ports">,
): Promise<Result<Confirmation | undefined, Refusal>> {
  // What the shell says of certificates counts only where the configuration says that it knows.
  const der = policy.mutualTls && peer.certificate;
  const { requiresBoundTokens } = securityProfileRules(policy.profile);
  const needsCertificate = client.tlsClientCertificateBoundAccessTokens === true;
  if (needsCertificate && der === undefined) return failed(certificateMissing);
  if (needsCertificate && jkt !== undefined) return failed(proofBesideCertificate);
  if (jkt !== undefined) return ok({ jkt });
  if (!needsCertificate && !requiresBoundTokens) return ok(undefined);
  if (der === undefined) return failed(bearerForbidden);
  return ok({ "x5t#S256": await certificateThumbprint(der, ports) });
}

const certificateMissing: Refusal = {
  status: 400,
  error: "invalid_request",
  description: "The tokens of this client are bound to its certificate: connect with a certificate",
  why: "certificate_missing",
};

const proofBesideCertificate: Refusal = {
  status: 400,
  error: "invalid_dpop_proof",
  description: "The tokens of this client are bound to its certificate: leave the DPoP field out",
  why: "dpop_beside_certificate",
};

const bearerForbidden: Refusal = {
  status: 400,
  error: "invalid_request",
  description:
    "This server issues no bearer tokens: send a DPoP proof, or connect with a certificate",
  why: "token_unbound",
};
