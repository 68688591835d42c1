/**
 * Requests and their answers, which are the same whatever framework the resource server is built with.
 *
 * @module
 */

import type { IssuerKey } from "../support/issuer.ts";
import type { RawRequest } from "./subject.ts";

/** Makes tokens for a case. */
export interface TokenMaker {
  /** A good token, with changes to claims and header. */
  readonly token: (change?: object, header?: object) => string;

  /** One that another key signed. */
  readonly forged: () => string;
}

/** One request, and what has to come of it. */
export interface GuardCase {
  /** Begins with the ids of the requirements. */
  readonly title: string;
  readonly request: (make: TokenMaker) => RawRequest;
  readonly status: number;

  /** What the challenge says after its realm; absent: there is no challenge. */
  readonly challenge?: RegExp;

  /** What the log learns; absent: nothing. */
  readonly code?: string;

  /** The same where repeated fields have been joined. @defaultValue `code` */
  readonly codeOfJoined?: string;
}

const noError = /^$/;
const invalidRequest = /^, error="invalid_request", error_description="[^"]+"$/;
const invalidToken = /^, error="invalid_token", error_description="[^"]+"$/;

function withField(value: (make: TokenMaker) => string, path = "/decisions") {
  return (make: TokenMaker): RawRequest => ({ path, headers: [["Authorization", value(make)]] });
}

function withToken(change: object = {}, header: object = {}): GuardCase["request"] {
  return withField(({ token }) => `Bearer ${token(change, header)}`);
}

const twoFields: GuardCase["request"] = ({ token }) => {
  const value = `Bearer ${token()}`;
  return {
    path: "/decisions",
    headers: [
      ["Authorization", value],
      ["authorization", value],
    ],
  };
};

const past = 1_600_000_000;
const refusedTokens: readonly (readonly [name: string, code: string, GuardCase["request"]])[] = [
  ["an expired token", "expired", withToken({ exp: past })],
  ["a token of the future", "not_yet_valid", withToken({ nbf: 4_000_000_000 })],
  ["a token of another issuer", "issuer", withToken({ iss: "https://other.example" })],
  ["a token for another audience", "audience", withToken({ aud: "https://other.example" })],
  ["an ID token", "type", withToken({}, { typ: "JWT" })],
  ["a token without an algorithm", "algorithm", withToken({}, { alg: "none" })],
  ["a token without `jti`", "claims", withToken({ jti: undefined })],
  ["a forged token", "signature", withField(({ forged }) => `Bearer ${forged()}`)],
  ["what is no token", "malformed", withField(() => "Bearer abc")],
];

const malformed: readonly (readonly [name: string, code: string, GuardCase["request"]])[] = [
  [
    "two credentials in one field",
    "authorization_malformed",
    withField(({ token }) => `Bearer ${token()}, Bearer ${token()}`),
  ],
  [
    "two tokens in one field",
    "authorization_malformed",
    withField(({ token }) => `Bearer ${token()} ${token()}`),
  ],
  ["a tab", "authorization_malformed", withField(({ token }) => `Bearer\t${token()}`)],
  ["a scheme alone", "authorization_malformed", withField(() => "Bearer")],
];

/** The cases. What is let pass is handled once, and what is not, not at all. */
export const guardCases: readonly GuardCase[] = [
  {
    title: "RS-01 RMD-03 challenges a request without credentials, and names the metadata",
    request: () => ({ path: "/decisions" }),
    status: 401,
    challenge: noError,
    code: "credentials_missing",
  },
  {
    title: "RS-01 challenges a request with another scheme",
    request: withField(() => "Basic YTpi"),
    status: 401,
    challenge: noError,
    code: "credentials_missing",
  },
  ...refusedTokens.map(([name, code, request]) => ({
    title: `RS-02 RS-06 ATK-44 ATK-45 refuses ${name}, and gives the reason to the log alone`,
    request,
    status: 401,
    challenge: invalidToken,
    code,
  })),
  {
    title: "RS-03 refuses a token with too little scope, and names what it takes",
    request: withToken({ scope: "decisions:readall applications:write" }),
    status: 403,
    challenge: /^, error="insufficient_scope", error_description="[^"]+", scope="decisions:read"$/,
    code: "scope_insufficient",
  },
  {
    title: "RS-04 ATK-42 refuses the field twice, although it says the same",
    request: twoFields,
    status: 400,
    challenge: invalidRequest,
    code: "authorization_repeated",
    codeOfJoined: "authorization_malformed",
  },
  ...malformed.map(([name, code, request]) => ({
    title: `RS-04 ATK-42 refuses ${name}`,
    request,
    status: 400,
    challenge: invalidRequest,
    code,
  })),
  ...["bearer", "BEARER", "bEaReR"].map((scheme) => ({
    title: `RS-05 takes the scheme as ${scheme}`,
    request: withField(({ token }) => `${scheme} ${token()}`),
    status: 200,
  })),
  ...["access_token=abc", "page=1&access_token=abc", "access%5Ftoken=abc"].map((query) => ({
    title: `RS-07 refuses a token in the query, beside a good one: ${query}`,
    request: withField(({ token }) => `Bearer ${token()}`, `/decisions?${query}`),
    status: 400,
    challenge: invalidRequest,
    code: "token_in_query",
  })),
  ...[{ iss: 'x"\r\nX-Injected: 1' }, { scope: 'a" \r\nX-Injected: 1' }].map((change) => ({
    title: `ATK-43 writes nothing of a token into its fields: ${Object.keys(change).join()}`,
    request: withToken(change),
    status: 401,
    challenge: invalidToken,
    code: "scope" in change ? "claims" : "issuer",
  })),
  {
    title: "ATK-43 writes nothing of the URL into its fields",
    request: () => ({ path: "/decisions?x=%22%0D%0AX-Injected:%201" }),
    status: 401,
    challenge: noError,
    code: "credentials_missing",
  },
  {
    title: "ATK-46 guards HEAD as GET",
    request: () => ({ method: "HEAD", path: "/decisions" }),
    status: 401,
    challenge: noError,
    code: "credentials_missing",
  },
  {
    title: "ATK-46 lets HEAD pass with a good token",
    request: (make) => ({ ...withToken()(make), method: "HEAD" }),
    status: 200,
  },
];

/** Makes the tokens of a case by an issuer and somebody else's key. */
export function createTokenMaker(
  issuer: { readonly keys: readonly IssuerKey[]; readonly claims: (change?: object) => object },
  stranger: IssuerKey,
): TokenMaker {
  return {
    token: (change, header) => issuer.keys[0]?.sign(issuer.claims(change), header) ?? "",
    forged: () => stranger.sign(issuer.claims()),
  };
}
