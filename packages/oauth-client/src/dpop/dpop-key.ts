import {
  algorithmOfJwk,
  encodeDpopProofHeader,
  jwkThumbprint,
  signatureAlgorithmName,
} from "@credicorp/oauth-core/jwt";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, digest, signatureEngine } from "@credicorp/oauth-runtime";

import { createKeyRefusal } from "../signing/key-refusal.ts";
import { loadSigner } from "../signing/load-signer.ts";
import type { PrivateKeySource, Signer, SigningAlgorithm } from "../signing/private-key.ts";

/** A key that makes proofs, and what a server sees of it. */
export interface DpopKey {
  readonly signer: Signer;

  /** RFC 7638. */
  readonly thumbprint: string;

  /**
   * Returns the first segment of proofs, in the names of a server that lists `algorithms`.
   *
   * @throws {@link ConfigurationError} when it takes no proofs of this key.
   */
  readonly headerFor: (algorithms: readonly string[] | undefined) => string;
}

/** The key, or what kind of key to make. */
export interface DpopKeyOptions {
  readonly key: PrivateKeySource | undefined;
  readonly generate: SigningAlgorithm | undefined;
}

const refuse = createKeyRefusal("dpop");

/** Reads or makes a key, and tries it once: a proof that does not fit its public key would be refused everywhere. */
export async function loadDpopKey({ key, generate }: DpopKeyOptions): Promise<DpopKey> {
  const source = generate === undefined ? key : await signatureEngine.generateKeyPair(generate);
  const signer = await loadSigner(typeof source === "function" ? await source() : source, refuse);
  const { algorithm, publicJwk } = signer;
  if (publicJwk === undefined) {
    return refuse("DPoP needs the public half of the key too", {
      hint: "Give a CryptoKeyPair in place of a CryptoKey, or publicJwk beside sign.",
      reference: "RFC 9449 section 4.2",
    });
  }
  if (!(await isOfOnePair(signer, publicJwk))) {
    return refuse("The public key is not that of the private key", {
      hint: "The function signs the bytes with SHA-256 for ES256 and PS256, and not a digest of them.",
    });
  }
  let last: { readonly name: string; readonly header: string } | undefined;
  return {
    signer,
    thumbprint: await jwkThumbprint(publicJwk, { digest, bytes }),
    headerFor: (algorithms) => {
      // The API has no metadata: to it, the key goes by the name that the authorization server knows.
      if (algorithms === undefined && last !== undefined) return last.header;
      const name = signatureAlgorithmName(algorithm, algorithms);
      if (algorithms?.includes(name) === false) {
        return refuse(`The server takes no DPoP proofs of ${algorithm}`, {
          hint: `Use a key for one of: ${algorithms.join(", ")}.`,
          reference: "RFC 9449 section 5.1",
        });
      }
      if (last?.name !== name) {
        last = { name, header: encodeDpopProofHeader({ algorithm: name, jwk: publicJwk }, bytes) };
      }
      return last.header;
    },
  };
}

async function isOfOnePair({ algorithm, sign }: Signer, jwk: PublicJwk): Promise<boolean> {
  if (algorithmOfJwk({ ...jwk, alg: algorithm, key_ops: undefined }) !== algorithm) return false;
  const key = await signatureEngine.importVerificationKey({ ...jwk, alg: algorithm }, algorithm);
  if (!key.ok) return false;
  const sample = bytes.encodeUtf8("is this one pair?");
  return signatureEngine.verify(key.value, sample, await sign(sample));
}
