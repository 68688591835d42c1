import { createDpopNonces } from "../../dpop/dpop-nonces.ts";
import { createProofQuota } from "../../dpop/proof-quota.ts";
import { rememberProofKeys } from "../../dpop/remembered-proof-keys.ts";
import type { Bytes, Clock, Digest, Random, Sleep } from "../../ports.ts";
import type { SignatureEngine } from "../../signature-engine.ts";
import { createStoreGuard } from "../../stores/guard-store.ts";
import { createMemoryReplayStore } from "../../stores/memory-replay-store.ts";
import type { RejectedOutcome, UnavailableOutcome } from "../outcome.ts";
import type { DpopResourceOptions, DpopResourcePolicy } from "./dpop-resource-options.ts";
import { resolveDpopResourceOptions } from "./dpop-resource-options.ts";
import type { ProofContext, ProofRequest, ProvenKey } from "./prove-key.ts";
import { proveKey } from "./prove-key.ts";

/** A resource that takes DPoP proofs. */
export interface DpopResource {
  readonly policy: DpopResourcePolicy;
  readonly prove: (
    proof: ProofRequest,
  ) => Promise<ProvenKey | RejectedOutcome | UnavailableOutcome>;
}

/** What a resource that takes proofs needs from outside. */
export interface DpopResourcePorts {
  readonly bytes: Bytes;
  readonly clock: Pick<Clock, "now">;
  readonly digest: Digest;
  readonly random: Pick<Random, "bytes">;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey" | "verify">;

  /** Bounds the time that the replay store may take; absent: its adapter has to. */
  readonly sleep?: Sleep | undefined;
}

const provenBefore: ProvenKey = { kind: "proven", nonce: undefined };

function isSame(earlier: ProofRequest, { credentials, jkt }: ProofRequest): boolean {
  const { token, proof } = earlier.credentials;
  return earlier.jkt === jkt && token === credentials.token && proof === credentials.proof;
}

/** Sets up what the checks of proofs share. @throws {@link ConfigurationError} when an option is wrong */
export function createDpopResource(
  options: DpopResourceOptions,
  ports: DpopResourcePorts,
): DpopResource {
  const policy = resolveDpopResourceOptions(options);
  const { origin, nonceStepSeconds, storeTimeoutMs } = policy;
  const { clock, sleep, signatureEngine } = ports;
  const { replayStore = createMemoryReplayStore(clock) } = options;
  const guard = createStoreGuard({ timeoutMs: storeTimeoutMs, sleep });
  const context: ProofContext = {
    ...ports,
    policy,
    nonces: createDpopNonces(
      { secret: options.nonceSecret, issuer: origin, stepSeconds: nonceStepSeconds },
      ports,
    ),
    quota: createProofQuota(policy, clock),
    signatureEngine: rememberProofKeys(signatureEngine),
    replayStore: {
      putIfAbsent: guard("replayStore", (...input) => replayStore.putIfAbsent(...input)),
    },
  };
  // Forgotten with the request.
  const proven = new WeakMap<object, ProofRequest>();
  return {
    policy,
    prove: async (proof) => {
      const { identity } = proof.request;
      const earlier = identity && proven.get(identity);
      if (earlier !== undefined && isSame(earlier, proof)) return provenBefore;
      const outcome = await proveKey(proof, context);
      if (identity !== undefined && outcome.kind === "proven") proven.set(identity, proof);
      return outcome;
    },
  };
}
