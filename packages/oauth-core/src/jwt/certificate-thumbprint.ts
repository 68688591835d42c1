import type { Bytes, Digest, MaybePromise } from "../ports.ts";

/**
 * Returns the `x5t#S256` of a certificate: the SHA-256 of its DER bytes, not of its PEM text, in base64url.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-3.1 | RFC 8705 section 3.1}
 */
export function certificateThumbprint(
  der: Uint8Array,
  ports: { readonly digest: Pick<Digest, "sha256">; readonly bytes: Bytes },
): MaybePromise<string> {
  const { digest, bytes } = ports;
  const hash = digest.sha256(der);
  return hash instanceof Promise
    ? hash.then((value) => bytes.encodeBase64url(value))
    : bytes.encodeBase64url(hash);
}
