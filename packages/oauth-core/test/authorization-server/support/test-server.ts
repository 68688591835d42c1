import type { JsonWebKey } from "node:crypto";
import { createPublicKey, generateKeyPair, randomBytes, verify } from "node:crypto";
import { promisify } from "node:util";

import type { HeaderList, Peer, ServerResponse, SignatureEngine } from "@credicorp/oauth-core";
import type {
  AuditEvent,
  AuthorizationServer,
  AuthorizationServerConfiguration,
  AuthorizationServerPorts,
  ClientRecord,
  ClientRegistration,
  KeyRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createAuthorizationServer,
  createMemoryRateLimiter,
  createMemoryRecordStore,
  createMemoryReplayStore,
  createMemoryRevocationFeed,
  registerClient,
  rotateKey,
} from "@credicorp/oauth-core/authorization-server";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import type { ControlledClock } from "@credicorp/oauth-core/testing";
import { createControlledClock } from "@credicorp/oauth-core/testing";

import { bytes, digest, signatureEngine } from "../../support/node-ports.ts";

export const issuer = "https://hub.example.com";
export const audience = `${issuer}/partner/v1`;
export const paths = {
  token: "/partner/v1/oauth/token",
  introspection: "/partner/v1/oauth/introspect",
  revocation: "/partner/v1/oauth/revoke",
  jwks: "/.well-known/jwks.json",
  metadata: "/.well-known/oauth-authorization-server",
} as const;
export const secrets = {
  basic: "basic-secret-0123456789-ABCDEFGH",
  post: "post-secret-0123456789-ABCDEFGHI",
  api: "api-secret-0123456789-ABCDEFGHIJ",
  other: "other-secret-0123456789-ABCDEFGH",
} as const;

const scope = ["applications:write", "decisions:read"];
const clients: readonly ClientRegistration[] = [
  { id: "basic", secret: secrets.basic, tokenEndpointAuthMethod: "client_secret_basic", scope },
  { id: "post", secret: secrets.post, tokenEndpointAuthMethod: "client_secret_post", scope },
  { id: "other", secret: secrets.other, tokenEndpointAuthMethod: "client_secret_basic", scope },
  { id: "public", tokenEndpointAuthMethod: "none", scope },
  {
    id: "api",
    secret: secrets.api,
    tokenEndpointAuthMethod: "client_secret_basic",
    grantTypes: [],
    mayIntrospect: true,
  },
];

/** A server whose every port is in the test's hands. */
export interface TestServer extends AuthorizationServer {
  readonly clock: ControlledClock;
  readonly ports: AuthorizationServerPorts;
  readonly events: AuditEvent[];
  readonly request: (options: TestRequest) => Promise<TestResponse>;

  /** Posts a form as the client `basic`, unless `headers` says otherwise. */
  readonly post: (path: string, form: Form, options?: PostOptions) => Promise<TestResponse>;
  readonly issueToken: (form?: Form, options?: PostOptions) => Promise<string>;
  readonly register: (client: ClientRegistration) => Promise<void>;
  readonly rotate: (
    algorithm?: "ES256" | "Ed25519",
    announceSeconds?: number,
  ) => Promise<KeyRecord>;
}

export type Form =
  | string
  | Readonly<Record<string, string>>
  | readonly (readonly [string, string])[];

export interface PostOptions {
  readonly headers?: HeaderList;
  readonly address?: string;
}

export interface TestRequest {
  readonly method?: string;
  readonly target: string;
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array;
  readonly peer?: Peer;
}

export interface TestResponse extends ServerResponse {
  readonly json: Record<string, unknown>;
  readonly header: (name: string) => string | undefined;
}

export async function createTestServer(
  configuration: Partial<AuthorizationServerConfiguration> = {},
  portOverrides: Partial<AuthorizationServerPorts> = {},
): Promise<TestServer> {
  const clock = createControlledClock();
  const events: AuditEvent[] = [];
  const ports: AuthorizationServerPorts = {
    clock,
    bytes,
    digest,
    signatureEngine: engine,
    random: { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 },
    clients: createMemoryRecordStore<ClientRecord>(),
    keys: createMemoryRecordStore<KeyRecord>(),
    rateLimiter: createMemoryRateLimiter(clock),
    revocationFeed: createMemoryRevocationFeed(clock),
    replayStore: createMemoryReplayStore(clock),
    audit: (event) => events.push(event),
    ...portOverrides,
  };
  const server = createAuthorizationServer(
    { issuer, resources: [{ identifier: audience, scopes: scope }], ...configuration },
    ports,
  );
  const register = async (client: ClientRegistration): Promise<void> => {
    const record = await registerClient(client, ports);
    const previous = await ports.clients.get(record.id);
    await ports.clients.compareAndSet(record.id, previous?.version ?? 0, record);
  };
  const rotate: TestServer["rotate"] = (algorithm = "ES256", announceSeconds = 0) =>
    rotateKey({ algorithm, announceSeconds, retainMarginSeconds: 300 }, ports);
  for (const client of clients) await register(client);
  await rotate();

  const request: TestServer["request"] = async ({ method = "GET", target, ...rest }) => {
    const { headers = [], body = "", peer = { address: "192.0.2.1", secure: true } } = rest;
    const data = typeof body === "string" ? bytes.encodeUtf8(body) : body;
    return readable(await server.handle({ method, target, headers, body: data, peer }));
  };
  const post: TestServer["post"] = (path, form, options = {}) => {
    const { headers = [basic("basic", secrets.basic)], address = "192.0.2.1" } = options;
    return request({
      method: "POST",
      target: path,
      headers: [["Content-Type", "application/x-www-form-urlencoded"], ...headers],
      body: typeof form === "string" ? form : encodeForm(form),
      peer: { address, secure: true },
    });
  };
  const issueToken: TestServer["issueToken"] = async (form = {}, options = {}) => {
    const fields = new URLSearchParams(typeof form === "string" ? form : encodeForm(form));
    fields.append("grant_type", "client_credentials");
    const { json } = await post(paths.token, fields.toString(), options);
    return String(json["access_token"]);
  };
  return { ...server, clock, ports, events, request, post, issueToken, register, rotate };
}

export function basic(id: string, secret: string): readonly [string, string] {
  return ["Authorization", `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`];
}

/** A token's parts, its signature checked with `node:crypto` against the JWKS. */
export async function readToken(
  server: TestServer,
  token: string,
): Promise<{ header: Record<string, unknown>; claims: Record<string, unknown> }> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const decodedHeader = decode(header);
  const jwks = (await server.request({ target: paths.jwks })).json["keys"] as PrivateJwk[];
  const jwk = jwks.find(({ kid }) => kid === decodedHeader["kid"]);
  if (jwk === undefined) throw new Error("the JWKS does not have the key");
  const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  const isGood = verify(
    "sha256",
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isGood) throw new Error("the signature is not good");
  return { header: decodedHeader, claims: decode(payload) };
}

function decode(segment: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(segment, "base64url").toString("utf8")) as Record<string, unknown>;
}

function encodeForm(form: Exclude<Form, string>): string {
  return new URLSearchParams(form as Record<string, string>).toString();
}

function readable(response: ServerResponse): TestResponse {
  const find = (name: string): string | undefined =>
    response.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return {
    ...response,
    header: find,
    json:
      find("content-type")?.includes("json") && response.body !== ""
        ? JSON.parse(response.body)
        : {},
  };
}

const generate = promisify(generateKeyPair);

/** The engine of a test server: unlike that of tokens in tests, it makes keys. */
export const engine: SignatureEngine = {
  ...signatureEngine,
  generateKeyPair: async (algorithm) => {
    // Not the synchronous form: exporting its keys as JWKs deadlocks Node 20 now and then.
    const { privateKey } = await (algorithm === "Ed25519"
      ? generate("ed25519")
      : generate("ec", { namedCurve: "P-256" }));
    return { ...privateKey.export({ format: "jwk" }), alg: algorithm } as unknown as PrivateJwk;
  },
};
