/**
 * For each member that the metadata may have: what the server really does, found out by doing it.
 *
 * @module
 */

import type { HeaderList } from "@credicorp/oauth-core";
import type { AuthorizationServerConfiguration } from "@credicorp/oauth-core/authorization-server";
import { clientAssertionType } from "@credicorp/oauth-core/jwt";

import type { DpopKey } from "../../support/dpop-key.ts";
import { createDpopKey } from "../../support/dpop-key.ts";
import type { TestKey } from "../../support/node-ports.ts";
import { createTestKey } from "../../support/node-ports.ts";
import type { Form, TestResponse, TestServer } from "./test-server.ts";
import { basic, createTestServer } from "./test-server.ts";

const secret = "probe-secret-0123456789-ABCDEFGH";
const authenticationMethods = [
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
  "client_secret_jwt",
  "tls_client_auth",
  "self_signed_tls_client_auth",
  "none",
];
const keyAlgorithms = ["ES256", "PS256", "Ed25519", "RS256", "ES384"] as const;
/** Names on the wire, and the key that such a signature is made with. */
const signatureNames: Readonly<Record<string, (typeof keyAlgorithms)[number]>> = {
  ES256: "ES256",
  PS256: "PS256",
  Ed25519: "Ed25519",
  EdDSA: "Ed25519",
  RS256: "RS256",
  ES384: "ES384",
  HS256: "ES256",
  none: "ES256",
};
const grantTypes = [
  "client_credentials",
  "authorization_code",
  "refresh_token",
  "password",
  "implicit",
  "urn:ietf:params:oauth:grant-type:token-exchange",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:device_code",
];

/** Keys of every algorithm, for assertions and for proofs; RSA keys take their time, so they are made once. */
export interface ProbeKeys {
  readonly assertion: ReadonlyMap<string, TestKey>;
  readonly proof: ReadonlyMap<string, DpopKey>;
}

export async function createProbeKeys(): Promise<ProbeKeys> {
  const proofs = keyAlgorithms.map(async (name) => [name, await createDpopKey(name)] as const);
  return {
    assertion: new Map(keyAlgorithms.map((name) => [name, createTestKey(name, name)])),
    proof: new Map(await Promise.all(proofs)),
  };
}

/** A server, its metadata, and a client of every kind that may do all that there is. */
export interface Prober {
  readonly server: TestServer;
  readonly configuration: Partial<AuthorizationServerConfiguration>;
  readonly metadata: Readonly<Record<string, unknown>>;

  /** Posts to an endpoint, authenticated by a method; assertions are signed as `algorithm` says. */
  readonly post: (url: unknown, options: ProbeRequest) => Promise<TestResponse>;

  /** Posts with the first method that the metadata advertises for the token endpoint. */
  readonly ask: (form: Form, headers?: HeaderList) => Promise<TestResponse>;
  readonly proofOf: (algorithm: string) => Promise<string>;
}

export interface ProbeRequest {
  readonly method: string;
  readonly algorithm?: string;
  readonly form?: Form;
  readonly headers?: HeaderList;
}

const grantType = { grant_type: "client_credentials" };
const probeForm = { ...grantType, token: "x" };

export async function createProber(
  configuration: Partial<AuthorizationServerConfiguration>,
  options: {
    readonly keys: ProbeKeys;

    /** When a key of Ed25519 signs beside that of ES256; absent: never. */
    readonly secondKeyAfterSeconds: number | undefined;
  },
): Promise<Prober> {
  const { keys, secondKeyAfterSeconds } = options;
  const limits = { token: null, address: null, failedAuthentication: null };
  const revocationAndIntrospection = { introspection: null, revocation: null };
  const server = await createTestServer({
    ...configuration,
    limits: { ...limits, ...revocationAndIntrospection },
  });
  if (secondKeyAfterSeconds !== undefined) await server.rotate("Ed25519", secondKeyAfterSeconds);
  const { issuer, resources } = server.policy;
  const scope = [...new Set(resources.flatMap(({ scopes }) => scopes))];
  const shared = { scope, mayIntrospect: true };
  await server.register({
    ...shared,
    id: "client_secret_basic",
    secret,
    tokenEndpointAuthMethod: "client_secret_basic",
  });
  await server.register({
    ...shared,
    id: "client_secret_post",
    secret,
    tokenEndpointAuthMethod: "client_secret_post",
  });
  await server.register({ ...shared, id: "none", tokenEndpointAuthMethod: "none" });
  await server.register({
    ...shared,
    id: "private_key_jwt",
    tokenEndpointAuthMethod: "private_key_jwt",
    jwks: { keys: [keys.assertion.get("ES256")?.jwk ?? fail("no key")] },
  });
  // The registration would refuse some of these keys; what the endpoint does with them is the question.
  const row = (await server.ports.clients.get("private_key_jwt")) ?? fail("no client");
  const jwks = { keys: [...keys.assertion.values()].map(({ jwk }) => jwk) };
  await server.ports.clients.compareAndSet(row.id, row.version, { ...row.value, jwks });

  const metadata = await readMetadata(server);
  let count = 0;
  const assertionOf = (algorithm: string): string => {
    const key = keys.assertion.get(signatureNames[algorithm] ?? "") ?? fail(`no key: ${algorithm}`);
    const now = Math.floor(server.clock.now());
    const subject = "private_key_jwt";
    count += 1;
    return key.sign(
      { iss: subject, sub: subject, aud: issuer, exp: now + 60, iat: now, jti: `probe-${count}` },
      { alg: algorithm, typ: "JWT" },
    );
  };
  const post: Prober["post"] = (
    url,
    { method, algorithm = "ES256", form = probeForm, headers = [] },
  ) => {
    const credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      client_secret_basic: {},
      client_secret_post: { client_id: method, client_secret: secret },
      private_key_jwt: {
        client_assertion_type: clientAssertionType,
        client_assertion: method === "private_key_jwt" ? assertionOf(algorithm) : "",
      },
    };
    const authorization = method === "client_secret_basic" ? [basic(method, secret)] : [];
    const fields = new URLSearchParams(form as Record<string, string>);
    const own = credentials[method] ?? { client_id: "none" };
    for (const [name, value] of Object.entries(own)) fields.append(name, value);
    return server.post(new URL(String(url)).pathname, fields.toString(), {
      headers: [...authorization, ...headers],
    });
  };
  return {
    server,
    configuration,
    metadata,
    post,
    ask: (form, headers = []) => {
      const [method = ""] = metadata["token_endpoint_auth_methods_supported"] as string[];
      return post(metadata["token_endpoint"], { method, form, headers });
    },
    proofOf: (algorithm) => {
      const key = keys.proof.get(signatureNames[algorithm] ?? "") ?? fail(`no key: ${algorithm}`);
      count += 1;
      const [htu, iat] = [metadata["token_endpoint"], Math.floor(server.clock.now())];
      return key.sign({ jti: `proof-${count}`, htm: "POST", htu, iat }, { alg: algorithm });
    },
  };
}

async function readMetadata(server: TestServer): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await server.request({ target: "/.well-known/oauth-authorization-server" });
  return json;
}

function fail(message: string): never {
  throw new Error(message);
}

/** Finds out what a member has to say; `undefined` when it must be absent. */
export type Probe = (prober: Prober) => Promise<unknown>;

/** Keeps the candidates that an attempt succeeds with; none of them means that the member must be absent. */
async function those(
  candidates: readonly string[],
  isAccepted: (candidate: string) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  const accepted: string[] = [];
  for (const candidate of candidates) if (await isAccepted(candidate)) accepted.push(candidate);
  return accepted.length === 0 ? undefined : accepted.toSorted();
}

const methodsOf =
  (endpoint: string): Probe =>
  ({ metadata, post }) =>
    those(authenticationMethods, async (method) => {
      const { status } = await post(metadata[endpoint], { method });
      return status === 200;
    });

const algorithmsOf =
  (endpoint: string): Probe =>
  ({ metadata, post }) =>
    those(Object.keys(signatureNames), async (algorithm) => {
      const { status } = await post(metadata[endpoint], { method: "private_key_jwt", algorithm });
      return status === 200;
    });

/** The URL, if its path is one where a form is answered and nothing else. */
const formEndpoint =
  (name: string, path: keyof TestServer["policy"]["paths"]): Probe =>
  async ({ server, metadata, post }) => {
    const [method = ""] = metadata["token_endpoint_auth_methods_supported"] as string[];
    const answered = await post(metadata[name], { method });
    const read = await server.request({ target: new URL(String(metadata[name])).pathname });
    const url = new URL(server.policy.issuer).origin + server.policy.paths[path];
    return answered.status === 200 && read.status === 405 ? url : undefined;
  };

/** Reads the header or the claims of the token in an answer. */
function decode({ json }: TestResponse, segment: 0 | 1): Readonly<Record<string, unknown>> {
  const text = String(json["access_token"]).split(".")[segment] ?? "";
  return JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
}

/** A probe for every member. */
export const metadataProbes: Readonly<Record<string, Probe>> = {
  issuer: async ({ ask }) => decode(await ask(grantType), 1)["iss"],
  token_endpoint: formEndpoint("token_endpoint", "token"),
  introspection_endpoint: formEndpoint("introspection_endpoint", "introspection"),
  revocation_endpoint: formEndpoint("revocation_endpoint", "revocation"),
  jwks_uri: async ({ server, ask, metadata }) => {
    const { kid } = decode(await ask(grantType), 0);
    const target = new URL(String(metadata["jwks_uri"])).pathname;
    const keys = (await server.request({ target })).json["keys"] as { kid: string }[];
    const isThere = keys.some((key) => key.kid === kid);
    return isThere ? new URL(server.policy.issuer).origin + server.policy.paths.jwks : undefined;
  },
  scopes_supported: ({ server, ask }) => {
    const configured = server.policy.resources.flatMap(({ scopes }) => scopes);
    const candidates = new Set([...configured, "nobody:knows", "openid", "offline_access"]);
    return those([...candidates], async (scope) => {
      const { status, json } = await ask({ ...grantType, scope });
      return status === 200 && json["scope"] === scope;
    });
  },
  grant_types_supported: ({ ask }) =>
    those(grantTypes, async (grant) => (await ask({ grant_type: grant })).status === 200),
  token_endpoint_auth_methods_supported: methodsOf("token_endpoint"),
  introspection_endpoint_auth_methods_supported: methodsOf("introspection_endpoint"),
  revocation_endpoint_auth_methods_supported: methodsOf("revocation_endpoint"),
  token_endpoint_auth_signing_alg_values_supported: algorithmsOf("token_endpoint"),
  introspection_endpoint_auth_signing_alg_values_supported: algorithmsOf("introspection_endpoint"),
  revocation_endpoint_auth_signing_alg_values_supported: algorithmsOf("revocation_endpoint"),
  dpop_signing_alg_values_supported: ({ ask, proofOf }) =>
    those(Object.keys(signatureNames), async (algorithm) => {
      const { status, json } = await ask(grantType, [["DPoP", await proofOf(algorithm)]]);
      return status === 200 && json["token_type"] === "DPoP";
    }),
  introspection_signing_alg_values_supported: ({ server, metadata, post }) =>
    those(["ES256", "Ed25519", "RS256", "PS256"], async (algorithm) => {
      const [method = ""] = metadata["introspection_endpoint_auth_methods_supported"] as string[];
      const row = await server.ports.clients.get(method);
      if (row === undefined) return false;
      await server.ports.clients.compareAndSet(method, row.version, {
        ...row.value,
        introspectionSignedResponseAlgorithm: algorithm as "ES256",
      });
      const type = "application/token-introspection+jwt";
      const answer = await post(metadata["introspection_endpoint"], {
        method,
        headers: [["Accept", type]],
      });
      return answer.status === 200 && answer.header("content-type") === type;
    }),
  // Nothing to try: there is no authorization endpoint, and the page is somebody else's.
  response_types_supported: async ({ metadata, configuration }) =>
    "authorization_endpoint" in metadata ? undefined : configuration.responseTypesSupported,
  service_documentation: async ({ configuration }) => configuration.serviceDocumentation,
};

/** Members that only appear where clients use TLS certificates, and the test file that tries them there. */
export const probedElsewhere: Readonly<Record<string, string>> = {
  tls_client_certificate_bound_access_tokens: "mutual-tls-metadata.test.ts",
  mtls_endpoint_aliases: "mutual-tls-metadata.test.ts",
};
