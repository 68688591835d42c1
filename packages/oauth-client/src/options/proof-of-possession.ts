import type { Clock, MaybePromise, Random } from "@credicorp/oauth-core";

/** A request that is to carry a proof. */
export interface ProvenRequest {
  /** As it is sent, with its case. */
  readonly method: string;

  /** Query and fragment are not part of the proof. */
  readonly url: string;

  /** The token that goes with the request; without one, the request is for the token endpoint. */
  readonly accessToken?: string | undefined;

  /** The `alg` values that the metadata lists for proofs; `undefined` when it does not say. */
  readonly supportedAlgorithms?: readonly string[] | undefined;
}

/** An answer that may hold the nonce for the next proof. */
export interface NonceAnswer {
  /** Who has answered: the two may sit on one origin, and know different nonces. */
  readonly from: "authorization_server" | "resource_server";
  readonly url: string;

  /** The `DPoP-Nonce` field. */
  readonly nonce: string | null | undefined;
}

/** Binds access tokens to a key: made by `dpop`, from the sub-path of that name. */
export interface ProofOfPossession {
  /** Names the key in tokens and cache keys (RFC 7638). */
  readonly thumbprint: () => Promise<string>;

  /** Makes the `DPoP` field of one request, and of no other. */
  readonly prove: (
    request: ProvenRequest,
    ports: { readonly clock: Pick<Clock, "now">; readonly random: Pick<Random, "bytes"> },
  ) => MaybePromise<string>;

  /** Takes up the nonce of an answer; tells whether there was one. */
  readonly learn: (answer: NonceAnswer) => boolean;
}
