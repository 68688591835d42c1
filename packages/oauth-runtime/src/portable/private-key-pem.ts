import { exportJWK, importPKCS8 } from "jose";

import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

// One for each kind of key: which kind it is, only the import tells.
const candidates = ["ES256", "PS256", "Ed25519", "ES384", "ES512"];

/**
 * Reads an unencrypted PKCS #8 key by jose; `undefined` when it is none, or of a kind that has no JWK.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7468#section-10 | RFC 7468 section 10}
 */
export async function privateKeyFromPem(pem: string): Promise<PrivateJwk | undefined> {
  for (const algorithm of candidates) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one of them fits, most often the first
      const key = await importPKCS8(pem.trim(), algorithm, { extractable: true });
      // oxlint-disable-next-line no-await-in-loop
      const { alg: _alg, ...jwk } = await exportJWK(key);
      return jwk as PrivateJwk;
    } catch {
      // Of another kind, or none.
    }
  }
  return undefined;
}
