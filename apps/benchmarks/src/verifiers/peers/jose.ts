import { createRemoteJWKSet, jwtVerify } from "jose";

import type { VerifierPeer } from "../peer.ts";
import { throwingVerifier } from "../throwing-verifier.ts";

export const peer: VerifierPeer = {
  setUp: "`createRemoteJWKSet(url)` and `jwtVerify`, with the defaults of both",
  createVerifier: ({ issuer, jwksUri, audience }) => {
    const keys = createRemoteJWKSet(new URL(jwksUri));
    return throwingVerifier((token) =>
      jwtVerify(token, keys, { issuer, audience, typ: "at+jwt", algorithms: ["RS256"] }),
    );
  },
};
