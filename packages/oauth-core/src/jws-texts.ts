/**
 * What a compact JWS is taken apart into, as it is written.
 *
 * @module
 */

/** What a token says was signed, and the signature, as they are written in it. */
export interface SignedTexts {
  readonly signingInput: string;
  readonly signature: string;
}

/** Where the dots of a compact JWS are; there are no others. */
export interface JwsDots {
  readonly first: number;
  readonly second: number;
}

/** What a compact JWS says was signed, and the signature, as they are written in it; its payload decoded. */
export interface JwsTexts extends SignedTexts {
  readonly payload: string;
}
