import type { KeySetHealth, KeySetPhase } from "@credicorp/oauth-core/key-set";
import type { IntrospectionHealth } from "@credicorp/oauth-core/resource-server";

import type { RevocationHealth } from "./followed-revocations.ts";

/** How well the tokens of one issuer can be verified. */
export interface IssuerHealth extends KeySetHealth {
  /** Absent without the option `revocations`. */
  readonly revocations?: RevocationHealth | undefined;

  /** Absent without the option `introspection`. */
  readonly introspection?: IntrospectionHealth | undefined;
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
