import { createPrivateKey } from "node:crypto";

import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

/**
 * Reads an unencrypted PKCS #8 key by `node:crypto`; `undefined` when it is none, or of a kind that has no JWK.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7468#section-10 | RFC 7468 section 10}
 */
export async function privateKeyFromPem(pem: string): Promise<PrivateJwk | undefined> {
  if (!pem.includes("-----BEGIN PRIVATE KEY-----")) return undefined;
  try {
    return createPrivateKey(pem.trim()).export({ format: "jwk" }) as unknown as PrivateJwk;
  } catch {
    return undefined;
  }
}
