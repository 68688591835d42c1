import { JwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";

import type { VerifierPeer } from "../peer.ts";
import { throwingVerifier } from "../throwing-verifier.ts";

export const peer: VerifierPeer = {
  setUp:
    "`JwtVerifier.create({ issuer, audience, jwksUri })` with its own cache; a fetcher of ours, as its own takes no http",
  createVerifier: ({ issuer, jwksUri, audience }) => {
    const fetcher = {
      fetch: async (uri: string) => {
        const response = await fetch(uri);
        if (!response.ok) throw new Error(`The key set was answered with ${response.status}`);
        return response.arrayBuffer();
      },
    };
    const verifier = JwtVerifier.create(
      { issuer, audience, jwksUri },
      { jwksCache: new SimpleJwksCache({ fetcher }) },
    );
    return throwingVerifier((token) => verifier.verify(token));
  },
};
