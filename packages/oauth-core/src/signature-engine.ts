/**
 * The port of digital signatures.
 *
 * @module
 */

import type { SignedTexts } from "./jws-texts.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { PrivateJwk, PublicJwk } from "./protocol/jwk-set.ts";
import type { Result } from "./result.ts";

/** Signature algorithms of RFC 7518 and RFC 9864 that this project speaks; nothing symmetric, never `none`. */
export type SignatureAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "Ed25519";

/** A public key bound to one algorithm when it was imported; `handle` belongs to the engine. */
export interface VerificationKey {
  readonly algorithm: SignatureAlgorithm;
  readonly handle: unknown;
}

/** A private key bound to one algorithm when it was imported; `handle` belongs to the engine. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  readonly handle: unknown;
}

/** Tells whether `signature` (JOSE encoding: r‖s for ECDSA) is good; never rejects for bad input. */
export interface VerifySignature {
  (key: VerificationKey, signingInput: Uint8Array, signature: Uint8Array): MaybePromise<boolean>;

  /**
   * The same for the texts of a token, where the platform makes bytes of them faster than core does. A member of the
   * function, so that whoever puts another in its place replaces both.
   *
   * `signingInput` is ASCII and `signature` canonical base64url: the caller has seen to it. With `mayWait` an engine that
   * answers at once may take its time, as it should where many signatures are to be verified at the same time.
   */
  readonly ofTexts?:
    | ((key: VerificationKey, texts: SignedTexts, mayWait: boolean) => MaybePromise<boolean>)
    | undefined;
}

/** Digital signatures. All engines give the same verdicts; some give them at once. */
export interface SignatureEngine {
  /** Fails with the reason when the JWK does not fit the algorithm, is too weak or is malformed. */
  readonly importVerificationKey: (
    jwk: PublicJwk,
    algorithm: SignatureAlgorithm,
  ) => MaybePromise<Result<VerificationKey, string>>;

  readonly verify: VerifySignature;

  readonly importSigningKey: (
    jwk: PrivateJwk,
    algorithm: SignatureAlgorithm,
  ) => MaybePromise<Result<SigningKey, string>>;

  /** Signs with the JOSE encoding. */
  readonly sign: (key: SigningKey, signingInput: Uint8Array) => MaybePromise<Uint8Array>;

  /** Makes a key pair; RSA with 2048 bits. */
  readonly generateKeyPair: (algorithm: SignatureAlgorithm) => Promise<PrivateJwk>;
}
