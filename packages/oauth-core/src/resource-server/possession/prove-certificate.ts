import { certificateThumbprint } from "../../jwt/certificate-thumbprint.ts";
import type { Bytes, Digest, MaybePromise } from "../../ports.ts";
import type { RejectedOutcome } from "../outcome.ts";
import { rejected } from "../outcome.ts";

/**
 * Compares the certificate of a connection, as DER bytes, with the thumbprint that a token is bound to; `undefined`: it
 * is that one.
 *
 * Whether anybody vouches for the certificate does not matter: TLS saw that the client has its key, and the issuer
 * said which one it must be.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-3 | RFC 8705 section 3}
 */
export function proveCertificate(
  certificate: Uint8Array | undefined,
  x5tS256: string,
  ports: { readonly digest: Pick<Digest, "sha256">; readonly bytes: Bytes },
): MaybePromise<RejectedOutcome | undefined> {
  if (certificate === undefined) return missing;
  const thumbprint = certificateThumbprint(certificate, ports);
  return thumbprint instanceof Promise
    ? thumbprint.then((settled) => compare(settled, x5tS256))
    : compare(thumbprint, x5tS256);
}

function compare(thumbprint: string, x5tS256: string): RejectedOutcome | undefined {
  return thumbprint === x5tS256 ? undefined : mismatch;
}

const reference = "RFC 8705 section 3";

const missing = rejected("invalid_token", {
  code: "certificate_missing",
  message: "The token is bound to a certificate, and the connection has none",
  reference,
});

const mismatch = rejected("invalid_token", {
  code: "certificate_mismatch",
  message: "The token is bound to another certificate than that of the connection",
  reference,
});
