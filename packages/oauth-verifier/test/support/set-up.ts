import type { ControlledClock } from "@credicorp/oauth-core/testing";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Outcome, Verifier, VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";

import type { Issuer, IssuerKey } from "./issuer.ts";
import { startIssuer } from "./issuer.ts";

/** A verifier of a real issuer, with a clock that the test moves and no randomness. */
export interface Setting {
  readonly issuer: Issuer;
  readonly clock: ControlledClock;
  readonly verifier: Verifier;

  /** Verifies a good token, with changes, signed by the first key. */
  readonly verify: (change?: object, header?: object) => Promise<string>;
}

/** Starts both; the verifier ends with the test's process, as it holds nothing. */
export async function setUp(
  options: Partial<VerifierOptions> & { readonly keys?: IssuerKey[] } = {},
): Promise<Setting> {
  const { keys, ...verifierOptions } = options;
  const issuer = await startIssuer(keys);
  const clock = createControlledClock(Date.now() / 1000);
  const verifier = createVerifier({
    issuer: issuer.url,
    audience: "https://api.example",
    ports: { clock, random: { fraction: () => 0.5 } },
    ...verifierOptions,
  });
  const verify = async (change: object = {}, header: object = {}): Promise<string> => {
    const [key] = issuer.keys;
    if (key === undefined) throw new Error("the issuer has no key");
    return describeOutcome(await verifier.verifyToken(key.sign(issuer.claims(change), header)));
  };
  return { issuer, clock, verifier, verify };
}

/** Says in a word how it went. */
export function describeOutcome(outcome: Outcome): string {
  return outcome.kind === "ok" ? "ok" : `${outcome.kind}: ${outcome.detail.code}`;
}
