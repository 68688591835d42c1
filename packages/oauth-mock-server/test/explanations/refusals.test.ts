import { createHash } from "node:crypto";
import type { RefusalReason } from "@credicorp/oauth-core/authorization-server";
import { defaultClients } from "@credicorp/oauth-mock-server";
import type { SandboxOptions } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { explainFacts, explainedReasons } from "../../src/explanations/explain.ts";
import type { Facts } from "../../src/explanations/facts.ts";
import { createAuthority, createSelfSigned } from "../support/certificates.ts";
import type { Attempt, Partner } from "../support/refusals.ts";
import { basic, clients, formType, paths, secrets, setUp, startAt } from "../support/refusals.ts";

interface Case {
  readonly why: RefusalReason;

  /** What makes this row another one than the row above. */
  readonly name?: string;
  readonly options?: SandboxOptions;
  readonly attempt: Attempt | ((partner: Partner) => Attempt | Promise<Attempt>);
  readonly cause: RegExp;
  readonly remedy: RegExp;
}

const ok = [basic("basic", secrets.basic)];
const raw = (text: string): readonly [string, string] => ["Authorization", `Basic ${btoa(text)}`];
const assertionCase = (
  why: RefusalReason,
  claims: Readonly<Record<string, unknown>>,
  words: { readonly cause: RegExp; readonly remedy: RegExp },
): Case => ({
  why,
  attempt: async ({ assertion }) => ({ form: await assertion(claims) }),
  ...words,
});
const proofCase = (
  why: RefusalReason,
  claims: Readonly<Record<string, unknown>>,
  words: { readonly cause: RegExp; readonly remedy: RegExp; readonly header?: object },
): Case => ({
  why,
  attempt: async ({ proof }) => ({
    headers: [basic("dpop", secrets.basic), await proof(claims, { ...words.header })],
  }),
  ...words,
});

const requestCases: readonly Case[] = [
  {
    why: "insecure_transport",
    attempt: { headers: ok, peer: { address: "203.0.113.9" } },
    cause: /plain http from 203\.0\.113\.9/,
    remedy: /https.*trustedProxies/,
  },
  { why: "method_not_allowed", attempt: { method: "GET" }, cause: /GET/, remedy: /Use POST/ },
  {
    why: "path_unknown",
    attempt: { path: "/oauth2/token", headers: ok },
    cause: /nothing at \/oauth2\/token/,
    remedy: /\/partner\/v1\/oauth\/token/,
  },
  {
    why: "media_type",
    attempt: { headers: [["Content-Type", "application/json"]] },
    cause: /JSON/,
    remedy: /application\/x-www-form-urlencoded/,
  },
  {
    why: "content_encoding",
    attempt: { headers: [["Content-Encoding", "gzip"], ...ok] },
    cause: /compressed/,
    remedy: /Switch off/,
  },
  {
    why: "body_too_large",
    attempt: { headers: ok, body: "x".repeat(16_385) },
    cause: /16384 bytes/,
    remedy: /alone/,
  },
  {
    why: "body_malformed",
    attempt: { body: "client_secret=100%secret" },
    cause: /%25/,
    remedy: /URLSearchParams/,
  },
  {
    why: "too_many_parameters",
    attempt: { headers: ok, body: "a=1&".repeat(65) },
    cause: /64 parameters/,
    remedy: /alone/,
  },
  {
    why: "parameter_repeated",
    attempt: { headers: ok, body: "grant_type=client_credentials&scope=a&scope=b" },
    cause: /more than once: scope/,
    remedy: /spaces/,
  },
  {
    why: "token_missing",
    attempt: { path: paths.introspect, headers: [basic("api", secrets.basic)] },
    cause: /token parameter is missing/,
    remedy: /in the body/,
  },
];

const secretCases: readonly Case[] = [
  {
    why: "credentials_conflicting",
    attempt: { headers: ok, form: { client_id: "basic", client_secret: secrets.basic } },
    cause: /more than one way/,
    remedy: /one way alone/,
  },
  {
    why: "credentials_malformed",
    attempt: { headers: [["Authorization", "Basic !!!"]] },
    cause: /cannot be read/,
    remedy: /base64/,
  },
  {
    why: "credentials_malformed",
    name: "with a line break at its end",
    attempt: { headers: [raw(`basic:${secrets.basic}\n`)] },
    cause: /line break/,
    remedy: /Trim/,
  },
  {
    why: "credentials_malformed",
    name: "without an id",
    attempt: { form: { client_secret: secrets.post } },
    cause: /client_id/,
    remedy: /Send client_id/,
  },
  { why: "credentials_missing", attempt: {}, cause: /shows nothing/, remedy: /credentials/ },
  {
    why: "credentials_missing",
    name: "of a known client",
    attempt: { form: { client_id: "basic" } },
    cause: /shows nothing/,
    remedy: /by client_secret_basic/,
  },
  {
    why: "client_id_mismatch",
    attempt: { headers: ok, form: { client_id: "post" } },
    cause: /two clients/,
    remedy: /Leave client_id out/,
  },
  {
    why: "scheme_unsupported",
    attempt: { headers: [["Authorization", "Bearer abc"]] },
    cause: /another scheme/,
    remedy: /Basic/,
  },
  {
    why: "method_unsupported",
    attempt: { form: { client_id: "basic", client_assertion_type: "saml" } },
    cause: /client_assertion_type/,
    remedy: /jwt-bearer/,
  },
  {
    why: "method_not_registered",
    attempt: { form: { client_id: "basic", client_secret: secrets.basic } },
    cause: /registered for client_secret_basic/,
    remedy: /Use client_secret_basic/,
  },
  {
    why: "client_unknown",
    attempt: { headers: [basic("nobody", secrets.basic)] },
    cause: /no client with the id/,
    remedy: /environment/,
  },
  {
    why: "client_unknown",
    name: "that is almost known",
    attempt: { headers: [basic("Bassic", secrets.basic)] },
    cause: /almost basic/,
    remedy: /Send basic/,
  },
  {
    why: "client_unknown",
    name: "because id and secret are swapped",
    attempt: { headers: [basic(secrets.basic, "basic")] },
    cause: /swapped/,
    remedy: /Exchange/,
  },
  {
    why: "client_disabled",
    attempt: { headers: [basic("suspended", secrets.live)] },
    cause: /suspended/,
    remedy: /enabled/,
  },
  {
    why: "client_public",
    attempt: { form: { client_id: "public" } },
    cause: /without a credential/,
    remedy: /Register/,
  },
  {
    why: "secret_wrong",
    attempt: { headers: [basic("basic", "quite-another-secret")] },
    cause: /none of this client's/,
    remedy: /Copy it again/,
  },
  {
    why: "secret_wrong",
    name: "as it is empty",
    attempt: { headers: [basic("basic", "")] },
    cause: /none of this client's/,
    remedy: /Copy it again/,
  },
  {
    why: "secret_wrong",
    name: "as it was not form-encoded in the header",
    attempt: { headers: [raw(`plus:${secrets.plus}`)] },
    cause: /contains \+ or % and was not form-encoded/,
    remedy: /%2B/,
  },
  {
    why: "secret_wrong",
    name: "as it was not form-encoded in the body",
    options: {
      clients: clients.map((client) =>
        client.id === "post" ? { ...client, secret: secrets.plus.replace("%41", "") } : client,
      ),
    },
    attempt: {
      body: `grant_type=client_credentials&client_id=post&client_secret=${secrets.plus.replace("%41", "")}`,
    },
    cause: /not form-encoded/,
    remedy: /%2B/,
  },
  {
    why: "secret_wrong",
    name: "as it was encoded twice",
    attempt: {
      headers: [raw(`plus:${encodeURIComponent(encodeURIComponent(secrets.plus))}`)],
    },
    cause: /twice/,
    remedy: /once/,
  },
  {
    why: "secret_wrong",
    name: "as it ends with a line break",
    attempt: { form: { client_id: "post", client_secret: `${secrets.post}\n` } },
    cause: /white space/,
    remedy: /Trim/,
  },
  {
    why: "secret_wrong",
    name: "as it is in quotes",
    attempt: { headers: [basic("basic", `"${secrets.basic}"`)] },
    cause: /quotation marks/,
    remedy: /\.env/,
  },
  {
    why: "secret_wrong",
    name: "as it is another client's",
    attempt: { headers: [basic("basic", secrets.post)] },
    cause: /another client/,
    remedy: /same client/,
  },
  {
    why: "secret_wrong",
    name: "as it is the id of a client",
    attempt: { headers: [basic("basic", "basic")] },
    cause: /swapped/,
    remedy: /Exchange/,
  },
  {
    why: "secret_expired",
    attempt: { headers: [basic("windows", secrets.expired)] },
    cause: /expired 3 minutes ago; the other is live/,
    remedy: /live secret/,
  },
  {
    why: "secret_not_yet_valid",
    attempt: { headers: [basic("windows", secrets.future)] },
    cause: /will be in 2 hours/,
    remedy: /older secret/,
  },
];

const assertionCases: readonly Case[] = [
  {
    why: "assertion_malformed",
    attempt: async ({ assertion }) => ({
      form: { ...(await assertion()), client_assertion: "a.b" },
    }),
    cause: /three segments/,
    remedy: /JOSE library/,
  },
  {
    why: "assertion_type",
    attempt: async ({ assertion }) => ({ form: await assertion({}, { typ: "at+jwt" }) }),
    cause: /another kind/,
    remedy: /typ/,
  },
  {
    why: "assertion_algorithm",
    attempt: async ({ assertion }) => ({ form: await assertion({}, { alg: "RS256" }) }),
    cause: /RS256/,
    remedy: /ES256/,
  },
  assertionCase("assertion_claims", { jti: undefined }, { cause: /jti/, remedy: /all five/ }),
  {
    why: "assertion_key_unknown",
    attempt: async ({ assertion }) => ({ form: await assertion({}, { kid: "another" }) }),
    cause: /kid.*1 are registered/,
    remedy: /Register/,
  },
  {
    why: "assertion_keys_unavailable",
    options: {
      clients: [
        {
          id: "signer",
          tokenEndpointAuthMethod: "private_key_jwt",
          scope: ["decisions:read"],
          jwksUri: "https://localhost:1/jwks.json",
        },
      ],
      clientKeySets: { allowedHosts: ["localhost:1"], allowPrivateAddresses: true },
      resources: [{ identifier: "https://api.example", scopes: ["decisions:read"] }],
    },
    attempt: async () => {
      const elsewhere = await setUp();
      const assertion = await elsewhere.assertion();
      return { form: assertion };
    },
    cause: /jwks_uri could not be fetched/,
    remedy: /https/,
  },
  {
    why: "assertion_signature",
    attempt: async ({ assertion }) => {
      const { client_assertion: text = "", ...type } = await assertion();
      const [header, payload, signature = ""] = text.split(".");
      const changed = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
      return { form: { ...type, client_assertion: `${header}.${payload}.${changed}` } };
    },
    cause: /signature/,
    remedy: /public half/,
  },
  assertionCase(
    "assertion_issuer",
    { iss: "basic" },
    { cause: /iss and sub/, remedy: /client id/ },
  ),
  assertionCase(
    "assertion_audience",
    { aud: "http://localhost/partner/v1/oauth/token" },
    { cause: /URL of the token endpoint/, remedy: /Set aud to http:\/\/localhost,/ },
  ),
  assertionCase(
    "assertion_audience",
    { aud: "http://localhost/" },
    { cause: /slash/, remedy: /exactly/ },
  ),
  assertionCase(
    "assertion_expired",
    { iat: startAt - 412, exp: startAt - 352 },
    { cause: /your clock is 412 s behind/, remedy: /NTP/ },
  ),
  assertionCase(
    "assertion_not_yet_valid",
    { iat: startAt + 90, exp: startAt + 120 },
    { cause: /your clock is 90 s ahead/, remedy: /NTP/ },
  ),
  assertionCase(
    "assertion_lifetime",
    { exp: startAt + 3600 },
    { cause: /ends in 3600 s, and 300 s/, remedy: /a minute/ },
  ),
  {
    why: "assertion_replayed",
    attempt: async ({ assertion, send }) => {
      const form = await assertion();
      await send({ form });
      return { form };
    },
    cause: /used before/,
    remedy: /new jti/,
  },
];

const dpopCases: readonly Case[] = [
  {
    why: "dpop_malformed",
    attempt: { headers: [basic("dpop", secrets.basic), ["DPoP", "nonsense"]] },
    cause: /three segments/,
    remedy: /unchanged/,
  },
  proofCase("dpop_type", {}, { header: { typ: "JWT" }, cause: /dpop\+jwt/, remedy: /Set typ/ }),
  proofCase("dpop_algorithm", {}, { header: { alg: "HS256" }, cause: /HS256/, remedy: /ES256/ }),
  proofCase(
    "dpop_key",
    {},
    { header: { jwk: { kty: "EC" } }, cause: /jwk/, remedy: /public half/ },
  ),
  proofCase("dpop_claims", { htm: undefined }, { cause: /htm/, remedy: /seconds/ }),
  proofCase("dpop_method", { htm: "GET" }, { cause: /htm/, remedy: /POST/ }),
  proofCase(
    "dpop_url",
    { htu: "https://proxy.example/token" },
    { cause: /htu/, remedy: /http:\/\/localhost\/partner/ },
  ),
  proofCase("dpop_time", { iat: startAt - 412 }, { cause: /412 s behind/, remedy: /NTP/ }),
  proofCase("dpop_time", { iat: startAt + 412 }, { cause: /412 s ahead/, remedy: /NTP/ }),
  {
    why: "dpop_signature",
    attempt: async ({ proof }) => {
      const [name, text] = await proof();
      const [header, , signature] = text.split(".");
      const [, payload] = (await proof())[1].split(".");
      return {
        headers: [basic("dpop", secrets.basic), [name, `${header}.${payload}.${signature}`]],
      };
    },
    cause: /signature/,
    remedy: /private half/,
  },
  {
    why: "dpop_disabled",
    options: { dpop: null },
    attempt: { headers: [basic("dpop", secrets.basic)] },
    cause: /binds none/,
    remedy: /dpop: null/,
  },
  {
    why: "dpop_missing",
    attempt: { headers: [basic("dpop", secrets.basic)] },
    cause: /no DPoP field/,
    remedy: /Send a proof/,
  },
  {
    why: "dpop_repeated",
    attempt: async ({ proof }) => ({
      headers: [basic("dpop", secrets.basic), await proof(), await proof()],
    }),
    cause: /more than one/,
    remedy: /Send one/,
  },
  {
    why: "dpop_replayed",
    attempt: async ({ proof, send }) => {
      const headers = [basic("dpop", secrets.basic), await proof()];
      await send({ headers });
      return { headers };
    },
    cause: /jti is known/,
    remedy: /new proof/,
  },
  {
    why: "dpop_nonce_missing",
    attempt: async ({ proof }) => ({ headers: [basic("nonce", secrets.basic), await proof()] }),
    cause: /nonce/,
    remedy: /DPoP-Nonce/,
  },
  {
    why: "dpop_nonce_unknown",
    attempt: async ({ proof }) => ({
      headers: [basic("nonce", secrets.basic), await proof({ nonce: "old" })],
    }),
    cause: /none of this server's/,
    remedy: /DPoP-Nonce/,
  },
];

const scopeCase = (
  why: RefusalReason,
  form: Readonly<Record<string, string>>,
  words: Omit<Case, "why" | "attempt">,
): Case => ({ why, attempt: { headers: [basic("reader", secrets.basic)], form }, ...words });

const grantCases: readonly Case[] = [
  {
    why: "grant_type_missing",
    attempt: { headers: ok, body: "" },
    cause: /grant_type/,
    remedy: /grant_type=client_credentials/,
  },
  {
    why: "grant_type_unknown",
    attempt: { headers: ok, form: { grant_type: "password" } },
    cause: /another than/,
    remedy: /no users/,
  },
  {
    why: "grant_type_not_allowed",
    attempt: { headers: [basic("api", secrets.basic)] },
    cause: /resource server/,
    remedy: /client_credentials/,
  },
  scopeCase("scope_malformed", { scope: 'a "b"' }, { cause: /malformed/, remedy: /one space/ }),
  scopeCase(
    "scope_empty",
    { resource: "https://other.example" },
    {
      options: {
        resources: [
          { identifier: "https://api.example", scopes: ["decisions:read", "applications:write"] },
          { identifier: "https://other.example", scopes: ["reports:read"] },
        ],
      },
      cause: /No scope/,
      remedy: /Ask for a scope/,
    },
  ),
  scopeCase(
    "scope_unknown",
    { scope: "decisions:read decisons:write" },
    { cause: /no resource defines: decisons:write/, remedy: /applications:write, decisions:read/ },
  ),
  scopeCase(
    "scope_not_allowed",
    { scope: "decisions:read applications:write" },
    { cause: /may not have: applications:write/, remedy: /registered for: decisions:read/ },
  ),
  {
    why: "scope_of_several_resources",
    options: {
      resources: [
        { identifier: "https://a.example", scopes: ["applications:write"] },
        { identifier: "https://b.example", scopes: ["decisions:read"] },
      ],
    },
    attempt: { headers: ok, form: { scope: "applications:write decisions:read" } },
    cause: /No one resource/,
    remedy: /one token for each/,
  },
  scopeCase(
    "resource_unknown",
    { resource: "https://nowhere.example" },
    { cause: /no resource/, remedy: /http:\/\/localhost\/partner\/v1/ },
  ),
  scopeCase("resource_malformed", { resource: "#x" }, { cause: /absolute/, remedy: /https:/ }),
  {
    why: "signing_key_missing",
    attempt: async ({ sandbox }) => {
      const [first] = await sandbox.keys.list();
      sandbox.clock.advance("1h");
      await sandbox.keys.rotate();
      await sandbox.keys.revoke(first?.kid ?? "");
      sandbox.clock.set(startAt);
      return { headers: ok };
    },
    cause: /No key may sign/,
    remedy: /rotate the key/,
  },
];

const budgetCases: readonly Case[] = [
  {
    why: "client_budget_spent",
    attempt: async ({ send }) => {
      const headers = [basic("limited", secrets.basic)];
      for (let turn = 0; turn < 2; turn += 1) await send({ headers });
      return { headers };
    },
    cause: /^2 tokens in 60 s, each valid 900 s/,
    remedy: /^Cache it/,
  },
  {
    why: "client_budget_spent",
    name: "at introspection",
    options: { limits: { introspection: { limit: 1, windowSeconds: 60 } } },
    attempt: async ({ send }) => {
      const request = {
        path: paths.introspect,
        headers: [basic("api", secrets.basic)],
        form: { token: "x" },
      };
      await send(request);
      return request;
    },
    cause: /1 in 60 s/,
    remedy: /JWKS/,
  },
  {
    why: "failure_budget_spent",
    attempt: async ({ send }) => {
      const headers = [basic("basic", "quite-another-secret")];
      for (let turn = 0; turn < 10; turn += 1) await send({ headers });
      return { headers };
    },
    cause: /failed 10 times in 60 s, and 10 in 60 s may fail/,
    remedy: /correct the credentials/,
  },
  {
    why: "address_budget_spent",
    options: { limits: { address: { limit: 1, windowSeconds: 60 } } },
    attempt: async ({ send }) => {
      await send({ headers: ok });
      return { headers: ok };
    },
    cause: /1 in 60 s may come from one address, here 127\.0\.0\.1/,
    remedy: /Retry-After/,
  },
];

const proxies = {
  trustedProxies: ["127.0.0.1"],
  clientCertificateHeader: { name: "Client-Cert", format: "byte_sequence", isChainVerified: true },
} as const;

/** Certificates are dated by the real clock. */
async function certificateCases(): Promise<readonly Case[]> {
  const authority = await createAuthority("CN=Authority");
  const own = await authority.issue({ subject: "CN=partner" });
  const selfSigned = await createSelfSigned();
  const untimely = startAt - Date.now() / 1000;
  const times = { notBefore: untimely - 60, notAfter: untimely + 3600 };
  const good = await authority.issue({ subject: "CN=partner", ...times });
  const options: SandboxOptions = {
    ...proxies,
    clients: [
      {
        id: "mtls",
        tokenEndpointAuthMethod: "tls_client_auth",
        tlsClientAuthSubjectDn: "CN=partner",
        scope: ["decisions:read"],
      },
      {
        id: "self",
        tokenEndpointAuthMethod: "self_signed_tls_client_auth",
        jwks: { keys: [await registeredKey(selfSigned.der)] },
        scope: ["decisions:read"],
      },
      {
        id: "bound",
        tokenEndpointAuthMethod: "client_secret_basic",
        secret: secrets.basic,
        tlsClientCertificateBoundAccessTokens: true,
        scope: ["decisions:read"],
      },
    ],
  };
  const withCertificate = (certificate: Uint8Array | undefined, isVerified = true): Attempt => ({
    form: { client_id: "mtls" },
    peer: { certificate, isCertificateChainVerified: isVerified },
  });
  const early = await authority.issue({ subject: "CN=partner", ...later(times, 7200) });
  const other = await authority.issue({ subject: "CN=another", ...times });
  return [
    {
      why: "certificate_missing",
      options,
      attempt: withCertificate(undefined),
      cause: /none came/,
      remedy: /proxy/,
    },
    {
      why: "certificate_missing",
      name: "for tokens that are bound to one",
      options,
      attempt: { headers: [basic("bound", secrets.basic)] },
      cause: /none came/,
      remedy: /Connect/,
    },
    {
      why: "certificate_unreadable",
      options,
      attempt: withCertificate(Buffer.from("no certificate")),
      cause: /X\.509/,
      remedy: /DER/,
    },
    {
      why: "certificate_expired",
      options,
      attempt: withCertificate(own.der),
      cause: /expired/,
      remedy: /Renew/,
    },
    {
      why: "certificate_not_yet_valid",
      options,
      attempt: withCertificate(early.der),
      cause: /not valid yet/,
      remedy: /clocks/,
    },
    {
      why: "certificate_untrusted",
      options,
      attempt: withCertificate(good.der, false),
      cause: /authority/,
      remedy: /intermediate/,
    },
    {
      why: "certificate_subject",
      options,
      attempt: withCertificate(other.der),
      cause: /than CN=partner/,
      remedy: /RFC 4514/,
    },
    {
      why: "certificate_not_registered",
      options,
      attempt: { form: { client_id: "self" }, peer: { certificate: good.der } },
      cause: /none of the 1/,
      remedy: /x5c/,
    },
    {
      why: "dpop_beside_certificate",
      options,
      attempt: async ({ proof }) => ({
        headers: [basic("bound", secrets.basic), await proof()],
        peer: { certificate: good.der },
      }),
      cause: /DPoP proof too/,
      remedy: /Leave the DPoP field out/,
    },
    {
      why: "token_unbound",
      options: { profile: "fapi2", clients: clients.filter(({ id }) => id === "signer") },
      attempt: async ({ assertion }) => ({ form: await assertion() }),
      cause: /no bearer tokens/,
      remedy: /DPoP proof/,
    },
  ];
}

function later(
  times: { readonly notBefore: number; readonly notAfter: number },
  seconds: number,
): { readonly notBefore: number; readonly notAfter: number } {
  return { notBefore: times.notBefore + seconds, notAfter: times.notAfter + seconds };
}

async function registeredKey(der: Buffer): Promise<{
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly x5c: readonly string[];
}> {
  const { X509Certificate } = await import("node:crypto");
  const jwk = new X509Certificate(der).publicKey.export({ format: "jwk" });
  const { kty = "", crv = "", x = "", y = "" } = jwk as Record<string, string>;
  return { kty, crv, x, y, x5c: [der.toString("base64")] };
}

const cases: readonly Case[] = [
  ...requestCases,
  ...secretCases,
  ...assertionCases,
  ...dpopCases,
  ...grantCases,
  ...budgetCases,
  ...(await certificateCases()),
];

/** No configuration of a sandbox lets these happen: registration refuses the key or the URL, and memory does not fail. */
const unreachable: readonly RefusalReason[] = [
  "assertion_key_unfit",
  "assertion_keys_not_allowed",
  "store_unavailable",
];

const digests = Object.values(secrets).map((secret) =>
  createHash("sha256").update(secret).digest("base64url"),
);

describe("the explanation of a refusal", () => {
  it.each(cases)("names cause and remedy: $why $name", async (row) => {
    const partner = await setUp(row.options);
    const attempt = typeof row.attempt === "function" ? await row.attempt(partner) : row.attempt;
    const { event, explanation, status } = await partner.send(attempt);

    expect(event).toMatchObject({ type: "request_refused", why: row.why, status });
    expect(explanation).toMatchObject({ why: row.why, status, requestId: event?.requestId });
    expect(explanation?.cause).toMatch(row.cause);
    expect(explanation?.remedy).toMatch(row.remedy);
    expect(explanation?.summary).toContain(explanation?.cause);
    expect(explanation?.rfc).toMatch(/^(RFC|FAPI)/);
    expect(explanation?.docs).toMatch(/^http:\/\/localhost\/partner\/v1\/oauth\/errors\/[a-z_]+$/);
    const shown = JSON.stringify(explanation);
    const fields = (attempt.headers ?? []).filter(([name]) => /^(dpop|authorization)$/i.test(name));
    const sent = [...Object.values(attempt.form ?? {}), ...fields.map(([, value]) => value)];
    const hidden = [...Object.values(secrets), ...digests, ...sent];
    for (const text of hidden.filter((one) => one.length > 30 && !one.includes(":"))) {
      expect(shown).not.toContain(text);
    }
  });

  it("exists for every reason that there is, by a real request but for those that no sandbox can meet", () => {
    const reached = new Set(cases.map(({ why }) => why));

    expect([...reached, ...unreachable].toSorted()).toEqual([...explainedReasons].toSorted());
  });

  it.each([...unreachable, "request_failed" as const])(
    "has words for %s, which no sandbox can meet",
    async (why) => {
      const { send, sandbox } = await setUp();
      await send({ headers: [basic("basic", "quite-another-secret")] });
      const [entry] = sandbox.requests.list();
      if (entry?.event?.type !== "request_refused") throw new Error("not refused");
      const event =
        why === "request_failed"
          ? { ...entry.event, type: why, cause: new Error("x") }
          : { ...entry.event, why };
      const facts = {
        entry: { ...entry, event },
        now: startAt,
        policy: { errorPagesUrl: "https://a.example/" },
      } as unknown as Facts;

      const explanation = explainFacts(facts);

      expect(explanation?.why).toBe(why);
      expect(explanation?.cause.length).toBeGreaterThan(20);
      expect(explanation?.remedy.length).toBeGreaterThan(20);
    },
  );

  it("says nothing of a request that was served, and of an id that there is not", async () => {
    const { send, sandbox } = await setUp();

    expect((await send({ headers: ok })).explanation).toBeUndefined();
    expect(await sandbox.explanations.explain("no-such-id")).toBeUndefined();
  });

  it("says why a token is inactive, or was not revoked", async () => {
    const { send, sandbox } = await setUp();
    const headers = [basic("api", secrets.basic)];
    const inspect = async (token: string, path: string = paths.introspect): Promise<unknown> =>
      (await send({ path, headers, form: { token } })).explanation;
    const old = await sandbox.issueToken({ malformed: "expired" });
    const good = await sandbox.issueToken({ clientId: "basic" });

    expect(await inspect(old)).toMatchObject({
      why: "expired",
      summary: "The token is inactive: The token has expired: 60 seconds ago",
    });
    expect(await inspect("nonsense")).toMatchObject({ why: "malformed" });
    expect(await inspect(good)).toBeUndefined();
    expect(await inspect(good, paths.revoke)).toMatchObject({
      why: "foreign_client",
      summary: expect.stringMatching(/^Nothing was revoked/) as string,
    });
    await sandbox.revokeClientTokens("basic");
    expect(await inspect(good)).toMatchObject({ why: "revoked" });
  });

  it("covers the clients that the sandbox comes with", async () => {
    const { sandbox } = await setUp({ clients: defaultClients });
    const { secret } = sandbox.clients.get("partner-suspended");
    await sandbox.handle({
      method: "POST",
      target: paths.token,
      headers: [formType, basic("partner-suspended", secret)],
      body: Buffer.from("grant_type=client_credentials"),
      peer: { address: "127.0.0.1", secure: false },
    });

    const [entry] = sandbox.requests.list();

    expect(await sandbox.explanations.explain(entry?.requestId ?? "")).toMatchObject({
      clientId: "partner-suspended",
      why: "client_disabled",
      received: [
        "POST /partner/v1/oauth/token from 127.0.0.1",
        "Content-Type: application/x-www-form-urlencoded",
        "Authorization: basic [redacted]",
        "parameters: grant_type=client_credentials",
        "client: partner-suspended, registered for client_secret_basic",
      ],
    });
  });
});
