import { createVerifier } from "@credicorp/oauth-verifier";

import type { Verdict, VerifierPeer } from "../peer.ts";

const verdicts = { ok: "accepted", rejected: "refused", unavailable: "unavailable" } as const;

export const peer: VerifierPeer = {
  setUp: "`createVerifier({ issuer, audience })` and `verifier.verifyToken`; no other option",
  createVerifier: ({ issuer, audience }) => {
    const verifier = createVerifier({ issuer, audience });
    return {
      verify: async (token): Promise<Verdict> => verdicts[(await verifier.verifyToken(token)).kind],
    };
  },
};
