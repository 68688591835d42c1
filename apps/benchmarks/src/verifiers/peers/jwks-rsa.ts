import jsonwebtoken from "jsonwebtoken";
import jwksRsa from "jwks-rsa";

import type { VerifierPeer } from "../peer.ts";
import { throwingVerifier } from "../throwing-verifier.ts";

export const peer: VerifierPeer = {
  setUp:
    "`jwksRsa({ jwksUri, cache: true, rateLimit: true })`, as its README has it, and `jsonwebtoken`",
  createVerifier: ({ issuer, jwksUri, audience }) => {
    const client = jwksRsa({ jwksUri, cache: true, rateLimit: true });
    return throwingVerifier(async (token) => {
      const header = jsonwebtoken.decode(token, { complete: true })?.header;
      const key = await client.getSigningKey(header?.kid);
      jsonwebtoken.verify(token, key.getPublicKey(), { issuer, audience, algorithms: ["RS256"] });
    });
  },
};
