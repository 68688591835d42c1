import { expect } from "vitest";

import type { WireCase } from "./wire-case.ts";
import { grant, obtainToken, paths, sendRequest } from "./wire-case.ts";

const { introspection, revocation, metadata, jwks } = paths;
const resourceServer = "partner-api";

/** Requests about a token. */
const tokenManagementCases: readonly WireCase[] = [
  {
    title: "INT-08 INT-09 INT-12 tells a resource server what a token is",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      return { path: introspection, form: { token }, as: resourceServer };
    },
    status: 200,
    body: {
      active: true,
      client_id: "partner-basic",
      scope: "applications:write decisions:read",
      token_type: "Bearer",
      iss: "https://hub.example.com",
    },
    fields: { "cache-control": "no-store" },
  },
  {
    title: "INT-12 tells a client about its own token",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      return { path: introspection, form: { token }, as: "partner-basic" };
    },
    status: 200,
    body: { active: true, client_id: "partner-basic" },
  },
  {
    title: "INT-04 INT-12 tells a client nothing about the token of another",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      return { path: introspection, form: { token }, as: "partner-read-only" };
    },
    status: 200,
    body: { active: false },
  },
  {
    title: "INT-04 INT-05 INT-11 calls any other text inactive, and says no more",
    request: { path: introspection, form: { token: "nonsense" }, as: resourceServer },
    status: 200,
    body: { active: false },
  },
  {
    title: "INT-07 ignores a wrong hint",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      const form = { token, token_type_hint: "refresh_token" };
      return { path: introspection, form, as: resourceServer };
    },
    status: 200,
    body: { active: true },
  },
  {
    title: "INT-01 needs a token",
    request: { path: introspection, form: {}, as: resourceServer },
    status: 400,
    body: { error: "invalid_request" },
  },
  {
    title: "INT-02 needs to know who asks",
    request: { path: introspection, form: { token: "x" }, as: resourceServer, secret: "wrong" },
    status: 401,
    body: { error: "invalid_client" },
    fields: { "www-authenticate": "Basic realm=" },
  },
  {
    title: "INT-01 HTTP-02 is not to be read by GET",
    request: { path: introspection },
    status: 405,
    fields: { allow: "POST" },
  },
  {
    title: "REV-05 REV-06 revokes a token at once",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      await sendRequest(reached, { path: revocation, form: { token }, as: "partner-basic" });
      return { path: introspection, form: { token }, as: resourceServer };
    },
    status: 200,
    body: { active: false },
  },
  {
    title: "REV-02 accepts to revoke what is no token",
    request: { path: revocation, form: { token: "nonsense" }, as: "partner-basic" },
    status: 200,
  },
  {
    title: "REV-04 leaves the token of another alive",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      await sendRequest(reached, { path: revocation, form: { token }, as: "partner-read-only" });
      return { path: introspection, form: { token }, as: resourceServer };
    },
    status: 200,
    body: { active: true },
  },
  {
    title: "REV-09 revokes twice",
    request: async (reached) => {
      const token = await obtainToken(reached, "partner-basic");
      const request = { path: revocation, form: { token }, as: "partner-basic" };
      await sendRequest(reached, request);
      return request;
    },
    status: 200,
  },
  {
    title: "REV-01 needs to know who revokes",
    request: { path: revocation, form: { token: "x" } },
    status: 401,
    body: { error: "invalid_client" },
  },
  {
    title: "RL-01 RL-02 RL-03 ends the budget of a client",
    request: async (reached) => {
      await obtainToken(reached, "partner-limited");
      await obtainToken(reached, "partner-limited");
      return { path: paths.token, form: grant, as: "partner-limited" };
    },
    status: 429,
    body: { error: "temporarily_unavailable" },
    fields: { "retry-after": "", "ratelimit-policy": "" },
  },
];

/** Requests for what everybody may read. */
const documentCases: readonly WireCase[] = [
  {
    title: "MD-02 MD-03 MD-04 describes itself",
    request: { path: metadata },
    status: 200,
    body: {
      issuer: "https://hub.example.com",
      token_endpoint: `https://hub.example.com${paths.token}`,
      jwks_uri: `https://hub.example.com${jwks}`,
    },
    fields: { "cache-control": "max-age=", "content-type": "application/json" },
  },
  {
    title: "HTTP-09 lets pages of other origins read its metadata",
    request: { path: metadata, headers: { origin: "https://page.example" } },
    status: 200,
    fields: { "access-control-allow-origin": "*" },
  },
  {
    title: "HTTP-11 has HEAD of the metadata",
    request: { path: metadata, method: "HEAD" },
    status: 200,
  },
  {
    title: "HTTP-11 has OPTIONS of the metadata",
    request: { path: metadata, method: "OPTIONS" },
    status: 204,
  },
  {
    title: "JWK-01 JWK-02 JWK-03 shows public keys, each for one algorithm",
    request: { path: jwks },
    status: 200,
    body: { keys: [{ kty: "OKP", use: "sig", kid: expect.any(String), alg: expect.any(String) }] },
  },
  {
    title: "JWK-05 says that nothing has changed",
    request: { path: jwks, headers: { "if-none-match": "*" } },
    status: 304,
  },
  { title: "HTTP-02 takes no POST for its keys", request: { path: jwks, form: {} }, status: 405 },
  {
    title: "HTTP-11 has a problem for what it does not know",
    request: { path: "/nowhere?x=1" },
    status: 404,
    fields: { "content-type": "application/problem+json" },
  },
  {
    title: "has a page for each error code",
    request: { path: "/partner/v1/oauth/errors/invalid_client" },
    status: 200,
  },
  { title: "is alive", request: { path: "/healthz" }, status: 200 },
  { title: "is ready", request: { path: "/readyz" }, status: 200 },
];

export const otherCases: readonly WireCase[] = [...tokenManagementCases, ...documentCases];
