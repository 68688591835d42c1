import type { KeySetHealth, KeySetPhase } from "@credicorp/oauth-core/key-set";
import type { IntrospectionHealth, PolicyTrialResult } from "@credicorp/oauth-core/resource-server";

import type { RevocationHealth } from "../revocations/followed-revocations.ts";

/**
 * How well the tokens of one issuer can be verified. Where the issuer's word is all that counts, it may have no keys, and
 * `phase` stays `empty`: see `introspection`.
 */
export interface IssuerHealth extends KeySetHealth {
  /** Absent without the option `revocations`. */
  readonly revocations?: RevocationHealth | undefined;

  /** Absent without the option `introspection`. */
  readonly introspection?: IntrospectionHealth | undefined;

  /** What the candidate policy has found so far; absent without the option `reportOnly`. */
  readonly reportOnly?: PolicyTrialResult | undefined;
}

/** The condition of a verifier: that of its issuer, or of the one that is worst off. */
export interface VerifierHealth extends IssuerHealth {
  /** That of each issuer, by its name. */
  readonly issuers: Readonly<Record<string, IssuerHealth>>;
}

const fromWorst: readonly KeySetPhase[] = ["dead", "empty", "stale", "ageing", "fresh"];

/** Puts the issuer that is worst off first: without keys, nobody of it gets in. */
export function summariseHealth(
  issuers: readonly (readonly [issuer: string, health: IssuerHealth])[],
): VerifierHealth {
  const [worst] = issuers
    .map(([, health]) => health)
    .toSorted((left, right) => fromWorst.indexOf(left.phase) - fromWorst.indexOf(right.phase));
  if (worst === undefined) throw new RangeError("There is no issuer");
  return { ...worst, issuers: Object.fromEntries(issuers) };
}
