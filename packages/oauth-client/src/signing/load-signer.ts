import { algorithmOfJwk, isClientAssertionAlgorithm } from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { privateKeyFromPem, signatureEngine } from "@credicorp/oauth-runtime";

import { loadExternalSigner } from "./external-signer.ts";
import type { RefuseKey } from "./key-refusal.ts";
import type { PrivateKey, Signer } from "./private-key.ts";
import { loadWebCryptoSigner } from "./web-crypto-signer.ts";

/**
 * Makes a key ready to sign.
 *
 * @throws {@link ConfigurationError} made by `refuse`.
 */
export async function loadSigner(key: PrivateKey | undefined, refuse: RefuseKey): Promise<Signer> {
  if (typeof key === "string") return loadJwkSigner(await readText(key, refuse), refuse);
  if (typeof key !== "object" || key === null) return refuse("The private key is missing");
  if ("sign" in key) return loadExternalSigner(key, refuse);
  if ("privateKey" in key) return loadWebCryptoSigner(key, refuse);
  if ("usages" in key) {
    return loadWebCryptoSigner({ privateKey: key, publicKey: undefined }, refuse);
  }
  return loadJwkSigner(key, refuse);
}

/** Reads a JWK or a PEM; what a parser says is not repeated, since it may quote the key. */
async function readText(text: string, refuse: RefuseKey): Promise<PrivateJwk> {
  const jwk = text.trimStart().startsWith("{") ? parseJwk(text) : await privateKeyFromPem(text);
  return (
    jwk ??
    refuse("The private key is neither PKCS #8 in PEM nor a JWK", {
      hint: "An encrypted or older key becomes PKCS #8 by: openssl pkcs8 -topk8 -nocrypt -in key.pem",
      reference: "RFC 7468 section 10",
    })
  );
}

function parseJwk(text: string): PrivateJwk | undefined {
  try {
    return JSON.parse(text) as PrivateJwk;
  } catch {
    return undefined;
  }
}

async function loadJwkSigner(jwk: PrivateJwk, refuse: RefuseKey): Promise<Signer> {
  const { kty, crv, kid, use, key_ops: operations } = jwk;
  if (typeof jwk.d !== "string") return refuse("The key is not a private JWK");
  const isForSigning = use === undefined || use === "sig";
  if (!isForSigning || (operations !== undefined && !operations.includes("sign"))) {
    return refuse("The key is not for signing", { reference: "RFC 7517 section 4.2" });
  }
  const alg = jwk.alg ?? (kty === "RSA" ? "PS256" : undefined);
  const algorithm = algorithmOfJwk({ kty, crv, alg });
  if (!isClientAssertionAlgorithm(algorithm)) {
    return refuse("The key is not one for ES256, PS256 or Ed25519", {
      reference: "FAPI 2.0 Security Profile section 5.4.1",
    });
  }
  const imported = await signatureEngine.importSigningKey(jwk, algorithm);
  if (!imported.ok) return refuse(`The private key is refused: ${imported.failure}`);
  return {
    algorithm,
    kid: typeof kid === "string" ? kid : undefined,
    publicJwk: toPublicJwk(jwk),
    sign: (input) => signatureEngine.sign(imported.value, input),
  };
}
