import type { VerifierPeer } from "./peer.ts";

/** The name of ours, which must be all green. */
export const ours = "@credicorp/oauth-verifier";

// Loaded one by one: a process holds no library but its own.
const loaders: Readonly<Record<string, () => Promise<{ readonly peer: VerifierPeer }>>> = {
  [ours]: () => import("./peers/credicorp-oauth-verifier.ts"),
  jose: () => import("./peers/jose.ts"),
  "jwks-rsa": () => import("./peers/jwks-rsa.ts"),
  "get-jwks": () => import("./peers/get-jwks.ts"),
  "aws-jwt-verify": () => import("./peers/aws-jwt-verify.ts"),
};

/** The libraries, in the order of the table. */
export const verifierNames: readonly string[] = Object.keys(loaders);

/** Loads the adapter of a library. @throws Error when there is none. */
export async function loadVerifierPeer(name: string): Promise<VerifierPeer> {
  const load = loaders[name];
  if (load === undefined) throw new Error(`There is no peer ${name}`);
  const { peer } = await load();
  return peer;
}
