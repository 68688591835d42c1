import type { KeyObject } from "node:crypto";
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import type { SignatureAlgorithm, SigningKey } from "@credicorp/oauth-core";
import type { DpopProofClaims } from "@credicorp/oauth-core/jwt";
import {
  encodeDpopProofHeader,
  formatDpopProofClaims,
  jwkThumbprint,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import type { PrivateJwk, PublicJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";

import { bytes, digest, signatureEngine } from "./node-ports.ts";

/** A client's key, and the proofs that it makes. */
export interface DpopKey {
  readonly algorithm: SignatureAlgorithm;
  readonly jwk: PublicJwk;
  readonly privateJwk: PrivateJwk;
  readonly thumbprint: string;

  /** Makes a proof as a client does. */
  readonly prove: (claims: DpopProofClaims) => Promise<string>;

  /** Signs any header and payload: `typ`, `alg` and `jwk` are right unless the header says otherwise. */
  readonly sign: (payload: object, header?: object) => Promise<string>;
}

/** Makes a key pair and the proofs of its owner. */
export async function createDpopKey(algorithm: SignatureAlgorithm = "ES256"): Promise<DpopKey> {
  const privateJwk = (await generate(algorithm)).export({ format: "jwk" }) as unknown as PrivateJwk;
  const jwk = toPublicJwk(privateJwk);
  const imported = await signatureEngine.importSigningKey(privateJwk, algorithm);
  if (!imported.ok) throw new Error(imported.failure);
  const key: SigningKey = imported.value;
  const ports = { bytes, signatureEngine };
  return {
    algorithm,
    jwk,
    privateJwk,
    thumbprint: await jwkThumbprint(jwk, { bytes, digest }),
    prove: async (claims) =>
      signCompactJws(
        {
          encodedHeader: encodeDpopProofHeader({ algorithm, jwk }, bytes),
          claims: formatDpopProofClaims(claims),
          key,
        },
        ports,
      ),
    sign: async (payload, header = {}) => {
      const members = { typ: "dpop+jwt", alg: algorithm, jwk, ...header };
      const encodedHeader = bytes.encodeBase64url(bytes.encodeUtf8(JSON.stringify(members)));
      return signCompactJws({ encodedHeader, claims: { ...payload }, key }, ports);
    },
  };
}

// Not the synchronous form: exporting its keys as JWKs deadlocks Node 20 now and then.
const generateAsync = promisify(generateKeyPair);

async function generate(algorithm: SignatureAlgorithm): Promise<KeyObject> {
  const family = algorithm.slice(0, 2);
  if (family === "Ed") return (await generateAsync("ed25519")).privateKey;
  if (family === "ES") {
    const namedCurve = algorithm === "ES384" ? "P-384" : "P-256";
    return (await generateAsync("ec", { namedCurve })).privateKey;
  }
  return (await generateAsync("rsa", { modulusLength: 2048 })).privateKey;
}
