import type { PeerVerifier } from "./peer.ts";

/** Makes a verifier of a function that throws, or rejects, whenever it does not accept a token. */
export function throwingVerifier(verify: (token: string) => unknown): PeerVerifier {
  return {
    verify: async (token) => {
      try {
        await verify(token);
        return "accepted";
      } catch {
        // Which error it was is not observed: the column is about what the caller can go by.
        return "refused";
      }
    },
  };
}
