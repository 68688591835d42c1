import { verificationFailure } from "../../jwt/verify-access-token.ts";
import type { TokenCheckName } from "./token-explanation.ts";

/** What is said of a check, whatever the token. */
export interface CheckText {
  readonly reference: string;

  /** What to do when it failed. */
  readonly advice: string;
}

/** Returns what is said of a check. */
export function textOf(name: TokenCheckName): CheckText {
  return texts[name];
}

function text(code: Parameters<typeof verificationFailure>[0], advice: string): CheckText {
  return { reference: verificationFailure(code).failure.reference, advice };
}

const texts: Readonly<Record<TokenCheckName, CheckText>> = {
  form: text(
    "malformed",
    "Send the access token as the authorization server gave it: a signed JWT, whole, unquoted and not encrypted.",
  ),
  type: text(
    "type",
    "Send the access token, not an ID token or another JWT; its issuer must type it as at+jwt.",
  ),
  algorithm: text(
    "algorithm",
    "Have the issuer sign with an algorithm of the verifier's option algorithms, or add its algorithm there.",
  ),
  key: text(
    "key_not_found",
    "Compare kid and alg with the issuer's published keys: the token may be from another environment, or its key removed.",
  ),
  signature: text(
    "signature",
    "Obtain a new token; if that fails too, it was changed on its way or signed by a key that another one with its kid hides.",
  ),
  claims: text(
    "claims",
    "Have the issuer write access tokens by RFC 9068, with every claim of the right JSON type.",
  ),
  issuer: text(
    "issuer",
    "Compare the option issuer with the token's iss byte by byte, the last slash included.",
  ),
  audience: text(
    "audience",
    "Ask for the token with this server as its resource, or put the name by which tokens know it into the option audience.",
  ),
  expiry: text(
    "expired",
    "Obtain a new token; if new ones are expired too, this clock is ahead of the issuer's.",
  ),
  not_before: text(
    "not_yet_valid",
    "Synchronise this clock with the issuer's: the token becomes valid later.",
  ),
  confirmation: text(
    "confirmation",
    "Verify the request rather than the token alone: a token that is bound to a key needs the proof that comes with it.",
  ),
  revocation: text(
    "revoked",
    "Have the client obtain a new token; this one, its client or its key was revoked.",
  ),
  schema: {
    reference: "RFC 9068 section 2.2",
    advice:
      "Compare the token's further claims with the option claims, or have the issuer add them.",
  },
  introspection: {
    reference: "RFC 7662 section 2.2",
    advice:
      "Have the client obtain a new token; if its issuer refuses that one too, ask the issuer why.",
  },
  scope: {
    reference: "RFC 6750 section 3.1",
    advice: "Have the client ask for the scope that is missing, and its registration allow it.",
  },
};
