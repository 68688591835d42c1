import type { HeaderList, Peer } from "@credicorp/oauth-core";
import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import {
  clientAssertionType,
  encodeClientAssertionHeader,
  encodeDpopProofHeader,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Explanation, Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { bytes, random, signatureEngine } from "@credicorp/oauth-runtime";

/** Secrets that no explanation may show. */
export const secrets = {
  basic: "refusals_basic_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u",
  post: "refusals_post_Hd5wKt8ZrN3yQv6MxB9cFj2pSg7uLa4e",
  plus: "refusals+plus%41Hd5wKt8ZrN3yQv6MxB9cFj2pSg7uLa4e",
  expired: "refusals_expired_Vb8qLm3XfT6kYz2WnD7rHc5jPs9gUa4e",
  live: "refusals_live_Tz4gWk9NpR2vXc7YmB6sQh3dJf8uLa5e",
  future: "refusals_future_Mc6yPx3KvB8tZn5WqR9gHd2sJf7uLa4e",
} as const;

export const startAt = 1_800_000_000;
export const paths = {
  token: "/partner/v1/oauth/token",
  introspect: "/partner/v1/oauth/introspect",
  revoke: "/partner/v1/oauth/revoke",
} as const;

const scope = ["applications:write", "decisions:read"];
const basicMethod = "client_secret_basic" as const;

/** One client for each situation. */
export const clients: NonNullable<SandboxOptions["clients"]> = [
  { id: "basic", tokenEndpointAuthMethod: basicMethod, secret: secrets.basic, scope },
  { id: "post", tokenEndpointAuthMethod: "client_secret_post", secret: secrets.post, scope },
  { id: "plus", tokenEndpointAuthMethod: basicMethod, secret: secrets.plus, scope },
  {
    id: "windows",
    tokenEndpointAuthMethod: basicMethod,
    scope,
    secrets: [
      { secret: secrets.expired, expiresAt: startAt - 180 },
      { secret: secrets.live },
      { secret: secrets.future, notBefore: startAt + 7200 },
    ],
  },
  {
    id: "suspended",
    tokenEndpointAuthMethod: basicMethod,
    secret: secrets.live,
    scope,
    enabled: false,
  },
  { id: "public", tokenEndpointAuthMethod: "none", scope },
  {
    id: "reader",
    tokenEndpointAuthMethod: basicMethod,
    secret: secrets.basic,
    scope: ["decisions:read"],
  },
  {
    id: "limited",
    tokenEndpointAuthMethod: basicMethod,
    secret: secrets.basic,
    scope,
    tokenLimit: { limit: 2, windowSeconds: 60 },
  },
  {
    id: "api",
    tokenEndpointAuthMethod: basicMethod,
    secret: secrets.basic,
    grantTypes: [],
    mayIntrospect: true,
  },
  { id: "signer", tokenEndpointAuthMethod: "private_key_jwt", scope },
  {
    id: "dpop",
    tokenEndpointAuthMethod: basicMethod,
    secret: secrets.basic,
    scope,
    dpopBoundAccessTokens: true,
  },
  {
    id: "nonce",
    tokenEndpointAuthMethod: basicMethod,
    secret: secrets.basic,
    scope,
    dpopBoundAccessTokens: true,
    dpopNonceRequired: true,
  },
];

/** A request with what is usual for a token request. */
export interface Attempt {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: HeaderList;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly peer?: Partial<Peer>;
}

/** A sandbox, and what requests are made with. */
export interface Partner {
  readonly sandbox: Sandbox;
  readonly assertion: (
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly proof: (
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<readonly [string, string]>;

  /** Sends a request; resolves to the answer and all that is known about it. */
  readonly send: (attempt: Attempt) => Promise<{
    readonly status: number;
    readonly body: string;
    readonly headers: HeaderList;
    readonly event: AuditEvent | undefined;
    readonly explanation: Explanation | undefined;
  }>;
}

export const basic = (id: string, secret: string): readonly [string, string] => [
  "Authorization",
  `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
];

export const formType = ["Content-Type", "application/x-www-form-urlencoded"] as const;

export async function setUp(options: SandboxOptions = {}): Promise<Partner> {
  const clock = createControlledClock(startAt);
  const sandbox = await createSandbox({ clock, clients, ...options });
  const signerJwk = sandbox.clients.list().find(({ id }) => id === "signer")?.privateJwk;
  const proofJwk = await signatureEngine.generateKeyPair("ES256");

  const sign = async (
    jwk: PrivateJwk,
    encodedHeader: string,
    parts: {
      readonly claims: Readonly<Record<string, unknown>>;
      readonly header: Readonly<Record<string, unknown>>;
    },
  ): Promise<string> => {
    const key = await signatureEngine.importSigningKey(jwk, "ES256");
    if (!key.ok) throw new Error(key.failure);
    const decoded = JSON.parse(Buffer.from(encodedHeader, "base64url").toString()) as object;
    const header = Buffer.from(JSON.stringify({ ...decoded, ...parts.header }));
    return signCompactJws(
      { encodedHeader: header.toString("base64url"), claims: parts.claims, key: key.value },
      { bytes, signatureEngine },
    );
  };
  const jti = (): string => bytes.encodeBase64url(random.bytes(16));

  return {
    sandbox,
    assertion: async (claims = {}, header = {}) => {
      if (signerJwk === undefined) throw new Error("There is no signer");
      const usual = { iss: "signer", sub: "signer", aud: sandbox.issuer, jti: jti() };
      const all = { ...usual, iat: startAt, exp: startAt + 60, ...claims };
      const encoded = encodeClientAssertionHeader(
        { algorithm: "ES256", kid: signerJwk.kid },
        bytes,
      );
      return {
        client_assertion_type: clientAssertionType,
        client_assertion: await sign(signerJwk, encoded, { claims: all, header }),
      };
    },
    proof: async (claims = {}, header = {}) => {
      const usual = { htm: "POST", htu: sandbox.issuer + paths.token, jti: jti(), iat: startAt };
      const encoded = encodeDpopProofHeader({ algorithm: "ES256", jwk: proofJwk }, bytes);
      return ["DPoP", await sign(proofJwk, encoded, { claims: { ...usual, ...claims }, header })];
    },
    send: async ({ path = paths.token, method = "POST", headers, form = {}, body, peer }) => {
      const fields = { grant_type: "client_credentials", ...form };
      const response = await sandbox.handle({
        method,
        target: path,
        headers: headers === undefined ? [formType] : [formType, ...headers],
        body: Buffer.from(body ?? new URLSearchParams(fields).toString()),
        peer: { address: "127.0.0.1", secure: false, ...peer },
      });
      const entry = sandbox.requests.list().at(-1);
      const explanation = await sandbox.explanations.explain(entry?.requestId ?? "");
      return { ...response, event: entry?.event, explanation };
    },
  };
}
