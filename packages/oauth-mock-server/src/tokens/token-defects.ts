/**
 * What can be wrong with a token, one thing at a time: all else about it is right, so that a test shows what refuses it.
 *
 * @module
 */

import { createHmac } from "node:crypto";

/** A token that is about to be signed, as text: JSON has defects that no object can have. */
export interface TokenDraft {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;

  /** In seconds since the Unix epoch. */
  readonly now: number;
}

/** The parts of a token that was signed. */
export interface SignedToken {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** A way to spoil a token: before it is signed, as the text that is signed, or after. */
interface Defect {
  readonly draft?: (draft: TokenDraft) => Partial<TokenDraft>;
  readonly payloadText?: (text: string) => string;
  readonly token?: (token: SignedToken) => string;
}

/** What is wrong with a token on purpose; see {@link tokenDefects}. */
export type TokenDefect =
  | "expired"
  | "not_yet_valid"
  | "wrong_issuer"
  | "wrong_audience"
  | "bad_signature"
  | "changed_payload"
  | "empty_signature"
  | "unknown_kid"
  | "alg_none"
  | "alg_hs256"
  | "wrong_typ"
  | "unknown_extension"
  | "missing_claim"
  | "wrong_claim_type"
  | "duplicate_member"
  | "non_canonical_base64"
  | "padded_base64"
  | "two_segments"
  | "four_segments"
  | "too_long"
  | "bound_to_unknown_key";

const encode = (text: string): string => Buffer.from(text).toString("base64url");
const join = ({ header, payload, signature }: SignedToken): string =>
  `${header}.${payload}.${signature}`;

const defects: Readonly<Record<TokenDefect, Defect>> = {
  expired: {
    draft: ({ claims, now }) => ({ claims: { ...claims, iat: now - 960, exp: now - 60 } }),
  },
  not_yet_valid: { draft: ({ claims, now }) => ({ claims: { ...claims, nbf: now + 3600 } }) },
  wrong_issuer: {
    draft: ({ claims }) => ({ claims: { ...claims, iss: "https://issuer.invalid" } }),
  },
  wrong_audience: {
    draft: ({ claims }) => ({ claims: { ...claims, aud: "https://audience.invalid" } }),
  },
  bad_signature: {
    token: (token) => join({ ...token, signature: changeFirst(token.signature) }),
  },
  changed_payload: {
    token: (token) => {
      const claims = JSON.parse(Buffer.from(token.payload, "base64url").toString()) as object;
      return join({ ...token, payload: encode(JSON.stringify({ ...claims, scope: "admin" })) });
    },
  },
  empty_signature: { token: (token) => join({ ...token, signature: "" }) },
  unknown_kid: { draft: ({ header }) => ({ header: { ...header, kid: "no-such-key" } }) },
  alg_none: {
    draft: ({ header }) => ({ header: { ...header, alg: "none" } }),
    token: (token) => join({ ...token, signature: "" }),
  },
  alg_hs256: {
    draft: ({ header }) => ({ header: { ...header, alg: "HS256" } }),
    // Whoever takes a public text for a shared key would find this good.
    token: ({ header, payload }) => {
      const signature = createHmac("sha256", header).update(`${header}.${payload}`);
      return join({ header, payload, signature: signature.digest("base64url") });
    },
  },
  wrong_typ: { draft: ({ header }) => ({ header: { ...header, typ: "JWT" } }) },
  unknown_extension: {
    draft: ({ header }) => ({ header: { ...header, crit: ["ext"], ext: true } }),
  },
  missing_claim: {
    draft: ({ claims }) => ({ claims: { ...claims, exp: undefined } }),
  },
  wrong_claim_type: {
    draft: ({ claims }) => ({ claims: { ...claims, exp: String(claims["exp"]) } }),
  },
  duplicate_member: {
    payloadText: (text) => `{"sub":"somebody-else",${text.slice(1)}`,
  },
  non_canonical_base64: {
    // 64 bytes leave four bits of the last character unused: they must be zero.
    token: (token) => join({ ...token, signature: setTailBit(token.signature) }),
  },
  padded_base64: { token: (token) => join({ ...token, signature: `${token.signature}==` }) },
  two_segments: { token: ({ header, payload }) => `${header}.${payload}` },
  four_segments: { token: (token) => `${join(token)}.${encode("more")}` },
  too_long: {
    draft: ({ claims }) => ({ claims: { ...claims, padding: "x".repeat(20_000) } }),
  },
  bound_to_unknown_key: {
    draft: ({ claims }) => ({
      claims: { ...claims, cnf: { jkt: encode("a key that nobody has, 32 bytes.") } },
    }),
  },
};

/** All of them. */
export const tokenDefects: readonly TokenDefect[] = Object.keys(defects) as TokenDefect[];

const none: Required<Defect> = { draft: () => ({}), payloadText: (text) => text, token: join };

/** Returns the way to spoil a token; that of none at all without a defect. */
export function defectOf(defect: TokenDefect | undefined): Required<Defect> {
  return defect === undefined ? none : { ...none, ...defects[defect] };
}

function changeFirst(text: string): string {
  return (text.startsWith("A") ? "B" : "A") + text.slice(1);
}

function setTailBit(text: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(text.slice(-1));
  return text.slice(0, -1) + (alphabet[last | 1] ?? "");
}
