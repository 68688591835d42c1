import fc from "fast-check";

import type { HeaderList } from "@credicorp/oauth-core";
import { clientAssertionType } from "@credicorp/oauth-core/jwt";

import type { TestServer } from "./test-server.ts";
import { basic, paths, secrets } from "./test-server.ts";

/** What only a client can make, in a random request: made when the request is sent, so that it is new. */
export interface Makers {
  readonly assertion: () => string;
  readonly proof: () => Promise<string>;
  readonly token: () => string;
}

/** A request that is nearly, or not at all, as it should be. */
export interface RandomRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  readonly form: readonly (readonly [string, string])[] | Uint8Array;

  /** What has to be made for it, and how it is spoilt. */
  readonly assertion: Spoilt | undefined;
  readonly proof: Spoilt | undefined;
  readonly token: Spoilt | undefined;
  readonly peer: { readonly address: string; readonly secure: boolean };
}

type Spoilt = (text: string) => string;

const values = [
  "client_credentials",
  "decisions:read",
  "applications:write",
  "basic",
  "post",
  "signer",
  secrets.post,
  "%00",
  "%zz",
  "+",
  "a%20b",
  "\ud800",
  "\u0000",
  "é",
  "__proto__",
  "toString",
  "{}",
  "a.b.c",
  encodeURIComponent(clientAssertionType),
];
const names = [
  "grant_type",
  "scope",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "resource",
  "token",
  "token_type_hint",
  "__proto__",
  "constructor",
  "",
];

const text = fc.oneof(fc.constantFrom(...values), fc.string({ unit: "binary", maxLength: 40 }));
const noise = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), text), { maxLength: 8 });
const fields = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constant([["grant_type", "client_credentials"]] as [string, string][]),
  },
  { weight: 2, arbitrary: noise },
  {
    weight: 2,
    arbitrary: noise.map((other): [string, string][] => [
      ["grant_type", "client_credentials"],
      ...other,
    ]),
  },
);
const authorization: fc.Arbitrary<HeaderList> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        basic("basic", secrets.basic),
        basic("other", secrets.other),
        basic("api", secrets.api),
        basic("bound", secrets.basic),
        basic("nonce", secrets.basic),
        basic("basic", "wrong"),
        basic("__proto__", "x"),
      )
      .map((field) => [field]),
  },
  fc.constant([]),
);
const otherFields = fc.array(
  fc.tuple(
    fc.constantFrom(
      "Authorization",
      "Content-Type",
      "If-None-Match",
      "Content-Encoding",
      "DPoP",
      "Accept",
      "__proto__",
    ),
    text,
  ),
  { maxLength: 2 },
);
const formType = ["Content-Type", "application/x-www-form-urlencoded"] as const;

/** Leaves a text as it is, mostly. */
const spoilt: fc.Arbitrary<Spoilt> = fc.oneof(
  { weight: 4, arbitrary: fc.constant((whole: string) => whole) },
  fc.integer({ min: 0, max: 400 }).map((length) => (whole: string) => whole.slice(0, length)),
  fc.constant((whole: string) => `${whole.slice(0, -4)}AAAA`),
  fc.constant((whole: string) => `${whole}\u0000`),
);
const sometimes = fc.option(spoilt, { nil: undefined, freq: 2 });

/** Requests of all kinds, many of them good. */
export const randomRequest: fc.Arbitrary<RandomRequest> = fc.record({
  method: fc.oneof(
    { weight: 8, arbitrary: fc.constant("POST") },
    fc.constantFrom("GET", "HEAD", "OPTIONS", "PUT", "", "__proto__"),
  ),
  target: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(paths.token, paths.introspection, paths.revocation) },
    fc.constantFrom(paths.jwks, paths.metadata, `${paths.token}?client_secret=${secrets.post}`),
    text,
  ),
  headers: fc
    .tuple(
      fc.oneof({ weight: 8, arbitrary: fc.constant(formType) }, fc.constant(["X", "y"] as const)),
      authorization,
      fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, otherFields),
    )
    .map(([type, credentials, others]) => [type, ...credentials, ...others]),
  form: fc.oneof({ weight: 6, arbitrary: fields }, fc.uint8Array({ maxLength: 64 })),
  assertion: fc.option(spoilt, { nil: undefined, freq: 1 }),
  proof: sometimes,
  token: sometimes,
  peer: fc.record({
    address: fc.constantFrom("192.0.2.1", "2001:db8::1", "127.0.0.1", ""),
    secure: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.constant(false)),
  }),
});

/** A request for a token, in which nothing is wrong. */
export const goodRequest: RandomRequest = {
  method: "POST",
  target: paths.token,
  headers: [formType, basic("basic", secrets.basic)],
  form: [["grant_type", "client_credentials"]],
  assertion: undefined,
  proof: undefined,
  token: undefined,
  peer: { address: "192.0.2.1", secure: true },
};

/** Leaves what a client made as it is. */
export const unspoilt = (whole: string): string => whole;

/** Makes what is to be made, and returns the request as it is sent. */
export async function finishRequest(
  request: RandomRequest,
  makers: Makers,
): Promise<Parameters<TestServer["request"]>[0]> {
  const { method, target, headers, form, peer, assertion, proof, token } = request;
  if (form instanceof Uint8Array) return { method, target, headers, body: form, peer };
  const made: string[] = [];
  if (token !== undefined) made.push(`token=${encodeURIComponent(token(makers.token()))}`);
  if (assertion !== undefined) {
    made.push(
      `client_assertion_type=${encodeURIComponent(clientAssertionType)}`,
      `client_assertion=${encodeURIComponent(assertion(makers.assertion()))}`,
    );
  }
  const proofs: HeaderList = proof === undefined ? [] : [["DPoP", proof(await makers.proof())]];
  const credentials =
    assertion === undefined ? headers : headers.filter(([name]) => name !== "Authorization");
  return {
    method,
    target,
    headers: [...credentials, ...proofs],
    body: [...form.map(([name, value]) => `${name}=${value}`), ...made].join("&"),
    peer,
  };
}
