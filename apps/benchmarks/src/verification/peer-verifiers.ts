/**
 * What others verify tokens with, as strict as their options make them, with the key at hand.
 *
 * @module
 */

import { JwtVerifier } from "aws-jwt-verify";
import * as fastJwt from "fast-jwt";
import { jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";

import type { TokenSigner } from "./signed-tokens.ts";
import { tokenContext } from "./signed-tokens.ts";

/** Verifies one token; throws, or rejects, when it is bad. */
export type VerifyToken = (token: string) => unknown;

const { issuer, audience } = tokenContext;

/** Returns the peers that can verify the signer's tokens, by name. */
export function peerVerifiers(signer: TokenSigner): Readonly<Record<string, VerifyToken>> {
  const { algorithm, publicKey, publicJwk } = signer;
  const algorithms = [signer.alg];
  const aws = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/jwks.json` });
  aws.cacheJwks({ keys: [publicJwk as Parameters<typeof aws.cacheJwks>[0]["keys"][number]] });
  const pem = publicKey.export({ format: "pem", type: "spki" });
  return {
    jose: (token) => jwtVerify(token, publicKey, { issuer, audience, typ: "at+jwt", algorithms }),
    "fast-jwt": fastJwtVerifier(signer, false),
    "aws-jwt-verify": (token) => aws.verifySync(token),
    // It knows no Edwards curve.
    ...(algorithm !== "Ed25519" && {
      jsonwebtoken: (token: string) =>
        jsonwebtoken.verify(token, pem, { issuer, audience, algorithms: [algorithm] }),
    }),
  };
}

/** The peer that has a cache of its own, of so many tokens. */
export function fastJwtVerifier(
  { publicKey, algorithm }: TokenSigner,
  cache: number | false,
): VerifyToken {
  return fastJwt.createVerifier({
    key: publicKey.export({ format: "pem", type: "spki" }),
    algorithms: [algorithm === "Ed25519" ? "EdDSA" : algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: "at+jwt",
    cache,
  });
}
