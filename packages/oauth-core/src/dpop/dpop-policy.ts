import { ConfigurationError } from "../errors.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";

/** How a server takes DPoP proofs. */
export interface DpopOptions {
  /** What proofs may be signed with. @defaultValue `ES256`, `PS256` and `Ed25519` */
  readonly algorithms?: readonly DpopAlgorithm[] | undefined;

  /** How far the `iat` of a proof may be from now, in the past and in the future. 10 to 300. @defaultValue 60 */
  readonly proofWindowSeconds?: number | undefined;

  /** A nonce is good for one to two of these. 10 to 3600. @defaultValue 60 */
  readonly nonceStepSeconds?: number | undefined;

  /**
   * What nonces are derived from, at least 32 characters. All nodes of a server need the same.
   *
   * @defaultValue drawn at the start: right for a single process
   */
  readonly nonceSecret?: string | undefined;
}

/** Algorithms that may be allowed for proofs: those of FAPI 2.0; never RS256, nothing symmetric. */
export type DpopAlgorithm = Extract<SignatureAlgorithm, "ES256" | "PS256" | "Ed25519">;

/** The options with every default filled in; without the secret, so that a policy may be shown. */
export interface DpopPolicy {
  readonly algorithms: readonly DpopAlgorithm[];
  readonly proofWindowSeconds: number;
  readonly nonceStepSeconds: number;
}

const allAlgorithms: readonly DpopAlgorithm[] = ["ES256", "PS256", "Ed25519"];
const minSecretLength = 32;

/** Fills in the defaults. @throws {@link ConfigurationError} that names the first wrong option and the rule it breaks. */
export function resolveDpopOptions(options: DpopOptions): DpopPolicy {
  const { algorithms = allAlgorithms, proofWindowSeconds = 60, nonceStepSeconds = 60 } = options;
  if (algorithms.length === 0 || !algorithms.every((name) => allAlgorithms.includes(name))) {
    throw invalid("algorithms", `must be some of ${allAlgorithms.join(", ")}`);
  }
  checkSeconds("proofWindowSeconds", proofWindowSeconds, 300);
  checkSeconds("nonceStepSeconds", nonceStepSeconds, 3600);
  if ((options.nonceSecret?.length ?? minSecretLength) < minSecretLength) {
    throw invalid("nonceSecret", `must have at least ${minSecretLength} characters`);
  }
  return { algorithms, proofWindowSeconds, nonceStepSeconds };
}

function checkSeconds(option: string, seconds: number, max: number): void {
  if (!Number.isInteger(seconds) || seconds < 10 || seconds > max) {
    throw invalid(option, `must be a whole number of seconds from 10 to ${max}`);
  }
}

function invalid(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(`dpop.${option}`, `dpop.${option} ${rule}`);
}
