import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";

import type { RefuseKey } from "./key-refusal.ts";
import type { Signer, SigningAlgorithm, WebCryptoKey } from "./private-key.ts";

type Key = Parameters<typeof crypto.subtle.exportKey>[1];
type SignParameters = Parameters<typeof crypto.subtle.sign>[0];

/** What WebCrypto calls an algorithm: in a key, and when signing. */
interface WebCryptoAlgorithm {
  readonly algorithm: SigningAlgorithm;
  readonly fits: (key: Readonly<Record<string, unknown>>) => boolean;
  readonly parameters: SignParameters;
}

const hasSha256 = ({ hash }: Readonly<Record<string, unknown>>): boolean =>
  (hash as { readonly name?: unknown } | undefined)?.name === "SHA-256";

const algorithms: Readonly<Record<string, WebCryptoAlgorithm>> = {
  ECDSA: {
    algorithm: "ES256",
    fits: ({ namedCurve }) => namedCurve === "P-256",
    parameters: { name: "ECDSA", hash: "SHA-256" },
  },
  "RSA-PSS": {
    algorithm: "PS256",
    fits: (key) => hasSha256(key) && Number(key["modulusLength"]) >= 2048,
    parameters: { name: "RSA-PSS", saltLength: 32 },
  },
  Ed25519: { algorithm: "Ed25519", fits: () => true, parameters: { name: "Ed25519" } },
};

/** Makes a signer of a key of WebCrypto, which need not be extractable. */
export async function loadWebCryptoSigner(
  pair: { readonly privateKey: WebCryptoKey; readonly publicKey: WebCryptoKey | undefined },
  refuse: RefuseKey,
): Promise<Signer> {
  const { privateKey, publicKey } = pair;
  if (privateKey.type !== "private" || !privateKey.usages.includes("sign")) {
    return refuse("The CryptoKey is not a private key that may sign");
  }
  const { algorithm: details } = privateKey;
  const found = Object.hasOwn(algorithms, details.name) ? algorithms[details.name] : undefined;
  if (!found?.fits(details)) {
    return refuse("The CryptoKey is not one for ES256, PS256 or Ed25519", {
      hint: "RSA keys are imported as RSA-PSS with SHA-256, and have at least 2048 bits.",
    });
  }
  const key = privateKey as unknown as Key;
  return {
    algorithm: found.algorithm,
    kid: undefined,
    publicJwk: publicKey && (await exportPublicJwk(publicKey)),
    sign: async (input) =>
      new Uint8Array(await crypto.subtle.sign(found.parameters, key, new Uint8Array(input))),
  };
}

async function exportPublicJwk(key: WebCryptoKey): Promise<PublicJwk> {
  return toPublicJwk((await crypto.subtle.exportKey("jwk", key as unknown as Key)) as PublicJwk);
}
