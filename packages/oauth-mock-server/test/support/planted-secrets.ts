import { createHash } from "node:crypto";

import type { ServerRequest } from "@credicorp/oauth-core";
import type { Sandbox, SandboxNamespace } from "@credicorp/oauth-mock-server";

import { requestToken } from "./partner-token.ts";

/** Secrets of every kind that a sandbox knows, by what they are; of some it knows a digest only. */
export async function plantSecrets(
  sandbox: Sandbox,
  namespace: SandboxNamespace,
): Promise<ReadonlyMap<string, string>> {
  const { create, rotateSecret } = sandbox.clients;
  const secretClient = (id: string, secret: string, members: object = {}): Promise<unknown> =>
    create({ id, secret, tokenEndpointAuthMethod: "client_secret_post", scope: [], ...members });
  const odd = String.raw`Zq/xv.Kw:jh+gf%4Bd &=?s;"\k' 7Wy ,Mnb`;
  await secretClient("odd", odd);
  await secretClient("words", "purple.rabbits/jumping:over-mossy.stones.nightly");
  const divided = "Lw.Tq/7:mZx.Vp-2&kRn.Hs=9~bFj.Yd";
  await secretClient("divided", divided);
  await secretClient("replaced", "Rx.Tp/9:vVkQ.s8/wYh.2Lz/cFj.6Dm");
  await secretClient("replaced", "Another.Than/9:vVkQ.s8/wYh.2Lz");
  await secretClient("deleted", "Gd.Hk/4:bNqW.e7/rTy.1Uj/iMo.5Pa");
  await sandbox.clients.delete("deleted");
  const first = await rotateSecret("words", { overlapSeconds: 60 });
  const middle = await rotateSecret("words", { overlapSeconds: 60 });
  const future = await rotateSecret("words", { overlapSeconds: 60, notBefore: 1_700_000_500 });
  const digested = "vTq.Lw~8.kXzR.p3.hNy.0Sd.gBm.4Ue";
  await create({
    id: "digested",
    secrets: [{ secretDigest: createHash("sha256").update(digested).digest("base64url") }],
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: [],
  });
  const ofNamespace = "Yn.Cv/2:xEwQ.t5/mKi.9Oj/lAz.3Rb";
  await namespace.clients.create({
    id: "there",
    secret: ofNamespace,
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: [],
  });
  const jwt = (header: string): string =>
    [header, '{"iss":"a","aud":"b"}', "signature of some length"]
      .map((part) => Buffer.from(part).toString("base64url"))
      .join(".");
  return new Map([
    ["a secret of odd characters", odd],
    ["a secret of what divides parameters", divided],
    ["a secret of words", "purple.rabbits/jumping:over-mossy.stones.nightly"],
    ["the secret of a client that was replaced", "Rx.Tp/9:vVkQ.s8/wYh.2Lz/cFj.6Dm"],
    ["the secret of a client that was deleted", "Gd.Hk/4:bNqW.e7/rTy.1Uj/iMo.5Pa"],
    ["a secret that was rotated", first.secret],
    ["a secret that was rotated later", middle.secret],
    ["a secret that is not good yet", future.secret],
    ["a secret whose digest is known", digested],
    ["a secret of a namespace", ofNamespace],
    ["the admin token", sandbox.adminToken],
    ["the admin token of a namespace", namespace.adminToken],
    ["an issued token", await requestToken(sandbox)],
    ["an assertion", jwt('{"alg":"ES256"}')],
    ["a proof with white space in its header", jwt('{ "alg": "ES256", "typ": "dpop+jwt" }')],
  ]);
}

const everyByte = (text: string): string =>
  text.replace(/[^]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const form = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

/** How a secret may be written where it does not belong. */
export const encodings: ReadonlyMap<string, (secret: string) => string> = new Map([
  ["as it is", (secret) => secret],
  ["percent-encoded", encodeURIComponent],
  [
    "percent-encoded in small letters",
    (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  ],
  ["percent-encoded byte by byte", everyByte],
  ["percent-encoded twice", (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ["form-encoded", form],
  ["form-encoded twice", (secret) => form(form(secret))],
  ["as credentials in base64", (secret) => base64(`some-id:${secret}`)],
  ["as form-encoded credentials in base64", (secret) => base64(`some+id:${form(secret)}`)],
  ["as credentials in base64url", (secret) => Buffer.from(`id:${secret}`).toString("base64url")],
  ["as credentials in base64, behind a word", (secret) => `Basic ${base64(`an-id:${secret}`)}`],
  [
    "as credentials in base64, percent-encoded",
    (secret) => encodeURIComponent(base64(`id2:${secret}`)),
  ],
]);

const tokenPath = "/partner/v1/oauth/token";
const field =
  (name: string): Place =>
  (text) =>
    withHeader(name, text);
const parameter =
  (name: string): Place =>
  (text) =>
    withBody(`${name}=${form(text)}`);
const unencoded =
  (name: string): Place =>
  (text) =>
    withBody(`${name}=${text}&x=y`);

type Place = (text: string) => ServerRequest;

/** Where somebody may put a secret by mistake. */
export const places: ReadonlyMap<string, Place> = new Map<string, Place>([
  ...[
    "scope",
    "grant_type",
    "resource",
    "token_type_hint",
    "client_assertion_type",
    "unknown",
    "client_id",
  ].map((name): [string, Place] => [name, parameter(name)]),
  ["the name of a parameter", (text) => withBody(`${form(text)}=1`)],
  ["the name of an empty parameter", (text) => withBody(`${form(text)}=`)],
  ["among scopes", (text) => withBody(`scope=${form(`decisions:read ${text} x`)}`)],
  ["scope, unencoded", unencoded("scope")],
  ["resource, unencoded", unencoded("resource")],
  ["the path", (text) => ({ ...withBody("a=b"), target: `/nowhere/${text}` })],
  [
    "the path behind an endpoint",
    (text) => ({ ...withBody("a=b"), target: `${tokenPath}/${text}/x` }),
  ],
  ["the query", (text) => ({ ...withBody("a=b"), target: `${tokenPath}?secret=${text}` })],
  ["the name of the query", (text) => ({ ...withBody("a=b"), target: `${tokenPath}?${text}=1` })],
  ["the method", (text) => ({ ...withBody("a=b"), method: text })],
  ["the name of a field", (text) => withHeader(text.toLowerCase(), "1")],
  ...[
    "User-Agent",
    "Host",
    "Via",
    "X-Forwarded-For",
    "Accept",
    "Cookie",
    "X-Api-Key",
    "Expect",
    "Content-Type",
  ].map((name): [string, Place] => [name, field(name)]),
  ["Authorization without a scheme", field("Authorization")],
  ["Via, among others", (text) => withHeader("Via", `1.1 proxy, 1.1 ${text}, 1.0 x`)],
  [
    "a body of JSON",
    (text) => ({
      ...withHeader("Content-Type", "application/json"),
      body: Buffer.from(JSON.stringify({ scope: text })),
    }),
  ],
  ["a body that is broken", (text) => withBody(`%zz=${text}`)],
]);

function withBody(body: string): ServerRequest {
  return {
    method: "POST",
    target: tokenPath,
    headers: [
      ["Host", "localhost"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ],
    body: Buffer.from(body),
    peer: { address: "127.0.0.1", secure: false },
  };
}

function withHeader(name: string, value: string): ServerRequest {
  const request = withBody("grant_type=client_credentials");
  const others = request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: [...others, [name, value]] };
}
