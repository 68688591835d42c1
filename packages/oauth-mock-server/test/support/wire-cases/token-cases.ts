import { expect } from "vitest";

import { basic } from "../requests.ts";
import type { WireCase, WireRequest } from "./wire-case.ts";
import { grant, paths } from "./wire-case.ts";

const path = paths.token;
const text = "grant_type=client_credentials";
const as = "partner-basic";
const refused = (error: string, status = 400): Pick<WireCase, "status" | "body"> => {
  return { status, body: { error } };
};
const asPartner = (form: NonNullable<WireRequest["form"]>): WireRequest => ({ path, form, as });
const asNobody = (headers: Readonly<Record<string, string>>): WireRequest => {
  return { path, form: grant, headers };
};

/** Requests to the token endpoint. */
export const tokenCases: readonly WireCase[] = [
  {
    title: "TOK-01 TOK-02 TOK-03 TOK-05 AUTH-01 issues a token to Basic",
    request: asPartner(grant),
    status: 200,
    body: { token_type: "Bearer", expires_in: 900, scope: "applications:write decisions:read" },
    fields: { "cache-control": "no-store", pragma: "no-cache", "content-type": "application/json" },
  },
  {
    title: "AUTH-01 issues a token to a secret in the body",
    request: async ({ secretOf }) => {
      const credentials = { client_id: "partner-post", client_secret: secretOf("partner-post") };
      return { path, form: { ...grant, ...credentials } };
    },
    status: 200,
    body: { token_type: "Bearer", scope: "applications:write decisions:read" },
  },
  {
    title: "TOK-13 grants what is asked for, its order and repetitions aside",
    request: asPartner({ ...grant, scope: "decisions:read decisions:read" }),
    status: 200,
    body: { scope: "decisions:read" },
  },
  {
    title: "TOK-23 issues a token for a resource",
    request: asPartner({ ...grant, resource: "https://hub.example.com/partner/v1" }),
    status: 200,
    body: { token_type: "Bearer" },
  },
  {
    title: "TOK-23 refuses a resource that it does not have",
    request: asPartner({ ...grant, resource: "https://elsewhere.example" }),
    ...refused("invalid_target"),
  },
  {
    title: "TOK-06 needs a grant type",
    request: asPartner("scope=x"),
    ...refused("invalid_request"),
  },
  {
    title: "TOK-06 TOK-10 takes an empty grant type for none",
    request: asPartner({ grant_type: "" }),
    ...refused("invalid_request"),
  },
  {
    title: "TOK-07 TOK-17 refuses other grants",
    request: asPartner({ grant_type: "password" }),
    ...refused("unsupported_grant_type"),
  },
  {
    title: "TOK-08 refuses a client that may have no tokens",
    request: { path, form: grant, as: "partner-api" },
    ...refused("unauthorized_client"),
  },
  {
    title: "TOK-10 takes an empty scope for none",
    request: asPartner({ ...grant, scope: "" }),
    status: 200,
    body: { scope: "applications:write decisions:read" },
  },
  {
    title: "TOK-11 TOK-12 ignores what it does not know, repeated or not",
    request: asPartner(`${text}&state=a&state=b&__proto__=c`),
    status: 200,
    body: { token_type: "Bearer" },
  },
  {
    title: "TOK-12 refuses a repeated parameter",
    request: asPartner(`${text}&scope=decisions:read&scope=decisions:read`),
    ...refused("invalid_request"),
  },
  {
    title: "TOK-13 refuses a malformed scope",
    request: asPartner({ ...grant, scope: "decisions:read  applications:write" }),
    ...refused("invalid_scope"),
  },
  {
    title: "TOK-14 refuses a scope that nobody knows",
    request: asPartner({ ...grant, scope: "nothing" }),
    ...refused("invalid_scope"),
  },
  {
    title: "TOK-14 refuses a scope that the client may not have",
    request: { path, form: { ...grant, scope: "applications:write" }, as: "partner-read-only" },
    ...refused("invalid_scope"),
  },
  {
    title: "TOK-16 TOK-18 explains an error in JSON, for nobody to keep",
    request: asPartner({ grant_type: "implicit" }),
    status: 400,
    body: {
      error: "unsupported_grant_type",
      error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
    },
    fields: { "content-type": "application/json", "cache-control": "no-store" },
  },
  {
    title: "AUTH-05 TOK-17 challenges a wrong secret in Basic",
    request: { path, form: grant, as, secret: "wrong" },
    ...refused("invalid_client", 401),
    fields: { "www-authenticate": "Basic realm=" },
  },
  {
    title: "AUTH-06 answers an unknown client as it does a wrong secret",
    request: { path, form: grant, as: "stranger", secret: "wrong" },
    ...refused("invalid_client", 401),
    fields: { "www-authenticate": "Basic realm=" },
  },
  {
    title: "AUTH-06 answers a suspended client as it does a wrong secret",
    request: { path, form: grant, as: "partner-suspended" },
    ...refused("invalid_client", 401),
    fields: { "www-authenticate": "Basic realm=" },
  },
  {
    title: "AUTH-11 refuses Basic to a client of another method",
    request: { path, form: grant, as: "partner-post" },
    ...refused("invalid_client", 401),
  },
  {
    title: "AUTH-03 refuses two methods at once",
    request: async ({ secretOf }) =>
      asPartner({ ...grant, client_id: as, client_secret: secretOf(as) }),
    ...refused("invalid_request"),
  },
  {
    title: "AUTH-04 takes the same client id in the body",
    request: asPartner({ ...grant, client_id: as }),
    status: 200,
  },
  {
    title: "AUTH-04 refuses another client id in the body",
    request: asPartner({ ...grant, client_id: "partner-post" }),
    ...refused("invalid_request"),
  },
  {
    title: "AUTH-08 refuses Basic that is no base64",
    request: asNobody({ authorization: "Basic !!!" }),
    ...refused("invalid_client", 401),
  },
  {
    title: "AUTH-08 does not care how Basic is written",
    request: async ({ secretOf }) => {
      const value = basic({ id: as, secret: secretOf(as) });
      return asNobody({ authorization: value.replace("Basic", "bASIC") });
    },
    status: 200,
  },
  {
    title: "AUTH-09 challenges a scheme that it does not have",
    request: asNobody({ authorization: "Digest x" }),
    ...refused("invalid_client", 401),
    fields: { "www-authenticate": "Basic realm=" },
  },
  {
    title: "HTTP-02 takes POST alone",
    request: { path },
    status: 405,
    fields: { allow: "POST" },
  },
  {
    title: "HTTP-09 HTTP-11 does not invite other origins",
    request: { path, method: "OPTIONS", headers: { origin: "https://evil.example" } },
    status: 403,
  },
  {
    title: "HTTP-11 says in answer to OPTIONS what it takes",
    request: { path, method: "OPTIONS" },
    status: 405,
    fields: { allow: "POST" },
  },
  {
    title: "HTTP-03 takes a form alone",
    request: {
      path,
      method: "POST",
      form: "{}",
      as,
      headers: { "content-type": "application/json" },
    },
    ...refused("invalid_request"),
  },
  {
    title: "HTTP-04 takes no credential from the query",
    request: async ({ secretOf }) => {
      const query = new URLSearchParams({ client_id: as, client_secret: secretOf(as) }).toString();
      return { path: `${path}?${query}`, form: grant };
    },
    ...refused("invalid_client", 401),
  },
  {
    title: "HTTP-05 refuses a long body",
    request: asPartner(`${text}&state=${"x".repeat(20_000)}`),
    ...refused("invalid_request", 413),
  },
  {
    title: "HTTP-06 refuses broken percent-encoding",
    request: asPartner(`${text}&scope=%zz`),
    ...refused("invalid_request"),
  },
  {
    title: "DPOP-03 needs a proof of a client whose tokens are bound",
    request: { path, form: grant, as: "partner-dpop" },
    ...refused("invalid_dpop_proof"),
  },
  {
    title: "answers a proof that is none",
    request: { path, form: grant, as: "partner-dpop", headers: { dpop: "no proof" } },
    ...refused("invalid_dpop_proof"),
  },
];
