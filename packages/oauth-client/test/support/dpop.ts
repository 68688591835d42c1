import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type { DpopProofClaims, VerifiedDpopProof } from "@credicorp/oauth-core/jwt";
import { parseDpopProof, verifyDpopProof } from "@credicorp/oauth-core/jwt";
import { bytes, digest, signatureEngine, systemClock } from "@credicorp/oauth-runtime";

import type { SeenRequest } from "./authorization-server.ts";

const ports = { bytes, digest, signatureEngine, clock: systemClock };
const algorithms: readonly SignatureAlgorithm[] = ["ES256", "PS256", "Ed25519"];

/** Verifies the proof of a request as a server of `origin` does. */
export async function verifyProof(
  request: SeenRequest | undefined,
  origin: string,
): Promise<VerifiedDpopProof> {
  const { dpop = "", method = "", path = "" } = request ?? {};
  const expectation = { method, url: origin + path, algorithms, windowSeconds: 5 };
  const proof = await verifyDpopProof(dpop, expectation, ports);
  if (!proof.ok) throw new Error(proof.failure.message);
  return proof.value;
}

/** Reads what a proof says, unverified. */
export function claimsOf({ dpop = "" }: Pick<SeenRequest, "dpop">): DpopProofClaims {
  const proof = parseDpopProof(dpop, bytes);
  if (!proof.ok) throw new Error(proof.failure.message);
  return proof.value.claims;
}

/** Returns the `ath` that belongs to a token. */
export async function hashOf(accessToken: string): Promise<string> {
  return bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(accessToken)));
}
