import type { MaybePromise } from "@credicorp/oauth-core";
import type { ClientAssertionAlgorithm } from "@credicorp/oauth-core/jwt";
import type { PrivateJwk, PublicJwk } from "@credicorp/oauth-core/protocol";

/** What keys here sign with. Which one is decided by the key: P-256, RSA (always PS256) or Ed25519. */
export type SigningAlgorithm = ClientAssertionAlgorithm;

/** What is looked at of a `CryptoKey` of WebCrypto. */
export interface WebCryptoKey {
  readonly type: string;
  readonly algorithm: { readonly name: string };
  readonly extractable: boolean;
  readonly usages: readonly string[];
}

/** What is looked at of a `CryptoKeyPair` of WebCrypto. */
export interface WebCryptoKeyPair {
  readonly privateKey: WebCryptoKey;
  readonly publicKey: WebCryptoKey;
}

/** A key that signs elsewhere: in a KMS, an HSM or another process. */
export interface ExternalKey {
  readonly algorithm: SigningAlgorithm;

  /** The name that the server knows the key by. */
  readonly kid?: string;

  /** The public half; DPoP needs it. */
  readonly publicJwk?: PublicJwk;

  /**
   * Signs the bytes themselves, not their digest: SHA-256 is part of ES256 and PS256. The salt of PS256 has 32 bytes, and
   * an ES256 signature may be in DER or in the form of JOSE.
   */
  readonly sign: (signingInput: Uint8Array) => MaybePromise<Uint8Array>;
}

/** A private key: PEM (PKCS #8) or JWK as text, a JWK, a key or a pair of WebCrypto, or one that signs elsewhere. */
export type PrivateKey = string | PrivateJwk | WebCryptoKey | WebCryptoKeyPair | ExternalKey;

/** A private key, or a function that is asked for it. */
export type PrivateKeySource = PrivateKey | (() => MaybePromise<PrivateKey>);

/** Signs with one key and one algorithm. */
export interface Signer {
  readonly algorithm: SigningAlgorithm;
  readonly kid: string | undefined;

  /** `undefined` where the private half is all there is. */
  readonly publicJwk: PublicJwk | undefined;

  /** Signs in the form of JOSE. */
  readonly sign: (signingInput: Uint8Array) => MaybePromise<Uint8Array>;
}
