import * as fastJwt from "fast-jwt";
import buildGetJwks from "get-jwks";

import type { VerifierPeer } from "../peer.ts";
import { throwingVerifier } from "../throwing-verifier.ts";

export const peer: VerifierPeer = {
  setUp:
    "`buildGetJwks({ issuersWhitelist })` with its default cache, and `fast-jwt`, as its README has it",
  createVerifier: ({ issuer, audience }) => {
    const getJwks = buildGetJwks({ issuersWhitelist: [issuer] });
    const verify = fastJwt.createVerifier({
      key: ({ header }: { readonly header: Readonly<Record<string, string>> }) =>
        getJwks.getPublicKey({
          kid: header["kid"] ?? "",
          alg: header["alg"] ?? "",
          domain: issuer,
        }),
      algorithms: ["RS256"],
      allowedIss: issuer,
      allowedAud: audience,
    });
    return throwingVerifier(verify);
  },
};
