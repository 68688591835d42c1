import type { JsonWebKey } from "node:crypto";
import type { HttpTransport } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { Outcome, Verifier, VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { tokenContext } from "./signed-tokens.ts";

/** Creates a verifier that has the keys already: what is measured is verification, not fetching. */
export async function createBenchmarkVerifier(
  keys: readonly JsonWebKey[],
  options: Pick<VerifierOptions, "maxCacheBytes"> = {},
): Promise<Verifier> {
  const jwksUri = `${tokenContext.issuer}/jwks.json`;
  const transport: HttpTransport = async ({ url }) => {
    if (url !== jwksUri) return failed({ kind: "network" });
    const headers = [["content-type", "application/json"]] as const;
    return ok({ status: 200, headers, body: Buffer.from(JSON.stringify({ keys })) });
  };

  const verifier = createVerifier({ ...tokenContext, ...options, jwksUri, ports: { transport } });
  await verifier.ready();
  return verifier;
}

/** All tokens of the benchmarks are good. */
export function checkOutcome({ kind }: Outcome): void {
  if (kind !== "ok") throw new Error("The verifier refused a good token");
}
