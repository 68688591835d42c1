import type {
  Bytes,
  Clock,
  Digest,
  HttpTransport,
  Random,
  SignatureEngine,
  Sleep,
} from "@credicorp/oauth-core";

/** What a verifier needs from the platform; tests pass their own. */
export interface VerifierPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;

  /** `bytes` makes the secret of nonces, where the option `dpop` gives none. */
  readonly random: Pick<Random, "fraction"> & Partial<Pick<Random, "bytes">>;
  readonly bytes: Bytes;
  readonly digest: Digest;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey" | "verify">;

  /** Bounds the wait for a feed of revocations, and for a replay store. */
  readonly sleep: Sleep;
}
