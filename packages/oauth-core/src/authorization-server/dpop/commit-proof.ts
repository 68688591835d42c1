import { useProof } from "../../dpop/use-proof.ts";
import type { Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import type { ProvenPossession } from "./prove-possession.ts";

/**
 * Uses a proof up, as the last thing before the token is made; refuses one that has been seen.
 *
 * How many are remembered is bounded by the client's own budget, charged before.
 */
export async function commitProof(
  { proof, windowSeconds }: ProvenPossession,
  { ports }: Pick<ServerContext, "ports">,
): Promise<Refusal | undefined> {
  if ((await useProof(proof, windowSeconds, ports)) === "first") return undefined;
  return {
    status: 400,
    error: "invalid_dpop_proof",
    description: "The DPoP proof has been used: make one for each request",
    why: "dpop_replayed",
  };
}
