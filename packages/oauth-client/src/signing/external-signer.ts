import { isClientAssertionAlgorithm } from "@credicorp/oauth-core/jwt";

import { toJoseSignature } from "./ecdsa-signature.ts";
import type { RefuseKey } from "./key-refusal.ts";
import type { ExternalKey, Signer } from "./private-key.ts";

/** Makes a signer of a key that signs elsewhere; what its function throws is not repeated. */
export function loadExternalSigner(
  { algorithm, kid, publicJwk, sign }: ExternalKey,
  refuse: RefuseKey,
): Signer {
  if (!isClientAssertionAlgorithm(algorithm)) {
    return refuse("The algorithm of the key is not ES256, PS256 or Ed25519");
  }

  async function signElsewhere(signingInput: Uint8Array): Promise<Uint8Array> {
    let signature: Uint8Array;
    try {
      signature = await sign(signingInput);
    } catch {
      return refuse("The function that signs has failed", {
        hint: "Catch and log its error where it is thrown; it is not repeated here.",
      });
    }
    const isBytes = signature instanceof Uint8Array && signature.length > 0;
    const jose = isBytes && algorithm === "ES256" ? toJoseSignature(signature) : signature;
    return isBytes && jose !== undefined
      ? jose
      : refuse(`The function that signs gave no ${algorithm} signature`, {
          reference: "RFC 7518 section 3",
        });
  }

  return { algorithm, kid, publicJwk, sign: signElsewhere };
}
