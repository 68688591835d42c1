import type { Bytes, CertificateReader } from "../../ports.ts";
import { parseBase64 } from "../../protocol/client-cert-field.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { ClientJwks } from "../clients/client-keys.ts";

const maxCertificates = 16;

/**
 * Returns the certificates of a key set, the first of each `x5c`, as base64url of their DER bytes; or which member
 * breaks which rule. Keys without a certificate are left out, but there must be one that has it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-2.2.2 | RFC 8705 section 2.2.2}
 */
export async function readCertificates(
  jwks: ClientJwks | undefined,
  ports: { readonly bytes: Bytes; readonly certificateReader?: CertificateReader | undefined },
): Promise<Result<readonly string[], { readonly member: string; readonly rule: string }>> {
  const { bytes, certificateReader } = ports;
  const certificates: string[] = [];
  for (const [index, { x5c }] of (jwks?.keys ?? []).entries()) {
    if (x5c === undefined) continue;
    const der = parseBase64(x5c[0] ?? "", bytes);
    const read = der && (await certificateReader?.read(der));
    if (der === undefined || read?.ok === false) {
      const rule = "must hold a certificate: its DER bytes in base64 (RFC 7517 section 4.7)";
      return failed({ member: `jwks.keys[${index}].x5c[0]`, rule });
    }
    certificates.push(bytes.encodeBase64url(der));
  }
  if (certificates.length === 0 || certificates.length > maxCertificates) {
    const rule = `must have 1 to ${maxCertificates} keys with x5c: self_signed_tls_client_auth compares certificates`;
    return failed({ member: "jwks", rule });
  }
  return ok(certificates);
}
