import type { Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import { useOnce } from "../use-once.ts";
import type { ProvenPossession } from "./prove-possession.ts";

/**
 * Uses a proof up, as the last thing before the token is made; refuses one that has been seen.
 *
 * Remembered per key and by digest, so that neither a long `jti` nor that of another client does harm, and for as long
 * as the proof's time would pass. How many there are is bounded by the client's own budget, charged before.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-11.1 | RFC 9449 section 11.1}
 */
export async function commitProof(
  { proof, expiresAt }: ProvenPossession,
  { ports }: Pick<ServerContext, "ports">,
): Promise<Refusal | undefined> {
  const { bytes, digest, replayStore } = ports;
  const hash = bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(proof.claims.jti)));
  const key = `dpop ${proof.thumbprint} ${hash}`;
  if ((await useOnce({ key, expiresAt }, replayStore)) === "first") return undefined;
  return {
    status: 400,
    error: "invalid_dpop_proof",
    description: "The DPoP proof has been used: make one for each request",
    why: "dpop_replayed",
  };
}
