import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { dpop } from "@credicorp/oauth-client/dpop";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { exportJWK } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";

import { apiScope, foreignScope, startOidcProvider } from "./oidc-provider-server.ts";

const clientId = "partner+1";
const clientSecret = "p%2Bq+r:s /t=u&v%20w 0123456789ABCDEFabcdef";
const scope = apiScope.split(" ");
const secretMethods = ["client_secret_basic", "client_secret_post"] as const;
const routes = {
  token: "/as/v2/tokens",
  introspection: "/as/v2/tokens/look-up",
  revocation: "/as/v2/tokens/end",
};

function closing(client: OAuthClient): OAuthClient {
  onTestFinished(() => client.close());
  return client;
}

/** Starts the provider with one client that has a secret, and our client with nothing but its base URL. */
async function connect(method: (typeof secretMethods)[number] = "client_secret_basic") {
  const server = await startOidcProvider({
    routes,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: method,
        scope: apiScope,
      },
    ],
  });
  const options = { baseUrl: server.url, clientId, clientSecret, tokenEndpointAuthMethod: method };
  return { ...server, options, client: closing(createOAuthClient({ ...options, scope })) };
}

async function generateKey(kind: "ES256" | "PS256" | "Ed25519") {
  const generate = promisify(generateKeyPair);
  const { privateKey, publicKey } =
    kind === "ES256"
      ? await generate("ec", { namedCurve: "P-256" })
      : kind === "PS256"
        ? await generate("rsa", { modulusLength: 2048 })
        : await generate("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const { kty = "", ...rest } = await exportJWK(publicKey);
  return { pem, publicJwk: { ...rest, kty } };
}

describe("our client against oidc-provider, with a secret", () => {
  it.each(secretMethods)(
    "CLI-22 gets an opaque token with %s, wherever the metadata says the endpoint is",
    async (method) => {
      const { client, requests } = await connect(method);

      const token = await client.getToken();

      expect(token.value).toMatch(/^[\w-]{43}$/);
      expect(token.scope).toEqual(scope.toSorted());
      expect(requests).toEqual([
        "GET /.well-known/oauth-authorization-server 200",
        "POST /as/v2/tokens 200",
      ]);
    },
  );

  it("CLI-17 CLI-10 keeps a narrower token beside the client's own, and asks once for each", async () => {
    const { client, requests } = await connect();

    const narrow = await Promise.all(
      Array.from({ length: 20 }, () => client.getToken({ scope: ["decisions:read"] })),
    );
    await Promise.all(Array.from({ length: 20 }, () => client.getToken()));

    expect(new Set(narrow.map(({ scope: granted }) => granted.join(" ")))).toEqual(
      new Set(["decisions:read"]),
    );
    expect(requests.filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });

  it("introspects an opaque token, revokes it, and sees it inactive (it can do neither to its JWTs)", async () => {
    const { client, url } = await connect();
    const { value } = await client.getToken();

    const before = await client.introspect(value);
    await client.revoke(value);
    const after = await client.introspect(value);

    expect(before).toMatchObject({ active: true, clientId, tokenType: "Bearer", issuer: url });
    expect(after).toEqual({ active: false });
    expect((await client.getToken()).value).not.toBe(value);
  });

  it("CLI-11 CLI-28 repeats calls of a token that another process revoked, with one new token", async () => {
    const { client, options, requests } = await connect();
    const other = closing(createOAuthClient(options));
    const { value } = await client.getToken();
    await other.revoke(value);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.fetch("/api/decisions/42")),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(requests.filter((line) => line === "POST /as/v2/tokens 200")).toHaveLength(2);
  });

  it("CLI-29 reads the refusal of a wrong secret, and remembers it", async () => {
    const { options, requests } = await connect();
    const client = closing(createOAuthClient({ ...options, clientSecret: "wrong" }));

    const first: unknown = await client.getToken().catch((reason: unknown) => reason);
    const second: unknown = await client.getToken().catch((reason: unknown) => reason);

    expect(first).toMatchObject({ kind: "oauth", status: 401, error: "invalid_client" });
    expect(second).toMatchObject({ error: "invalid_client", outage: { attempts: 1 } });
    expect(requests.filter((line) => line.startsWith("POST"))).toEqual(["POST /as/v2/tokens 401"]);
  });

  it("reads the refusal of a scope that the client may not have", async () => {
    const { client } = await connect();

    const error: unknown = await client
      .getToken({ scope: [foreignScope] })
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ kind: "oauth", status: 400, error: "invalid_scope" });
  });
});

describe("our client against oidc-provider, with a key", () => {
  it.each(["ES256", "PS256", "Ed25519"] as const)(
    "CLI-24 gets, introspects and revokes an opaque token with assertions of %s",
    async (algorithm) => {
      const { pem, publicJwk } = await generateKey(algorithm);
      const { url } = await startOidcProvider({
        clients: [
          {
            client_id: clientId,
            token_endpoint_auth_method: "private_key_jwt",
            jwks: { keys: [{ ...publicJwk, kid: "2026-11", use: "sig" }] },
            scope: apiScope,
          },
        ],
      });
      const authentication = privateKeyJwt({ key: pem, kid: "2026-11" });
      const client = closing(createOAuthClient({ baseUrl: url, clientId, authentication, scope }));

      const { value } = await client.getToken();
      const before = await client.introspect(value);
      await client.revoke(value);

      expect(before).toMatchObject({ active: true, clientId });
      expect(await client.introspect(value)).toEqual({ active: false });
    },
  );

  it.each([
    { name: "no nonce", requireDpopNonce: false, tries: 1 },
    { name: "a nonce that it asks for first", requireDpopNonce: true, tries: 2 },
  ])("CLI-20 CLI-24 gets a token bound by DPoP with $name", async ({ requireDpopNonce, tries }) => {
    const { url, requests } = await startOidcProvider({
      requireDpopNonce,
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          dpop_bound_access_tokens: true,
          scope: apiScope,
        },
      ],
    });
    const proof = dpop({ generate: "ES256" });
    const client = closing(
      createOAuthClient({ baseUrl: url, clientId, clientSecret, scope, dpop: proof }),
    );

    const token = await client.getToken();
    const another = await client.getToken({ scope: ["decisions:read"] });

    const confirmation = { jkt: await proof.thumbprint() };
    expect(token.authorization).toBe(`DPoP ${token.value}`);
    expect(await client.introspect(token.value)).toMatchObject({
      active: true,
      tokenType: "DPoP",
      confirmation,
    });
    expect(another.value).not.toBe(token.value);
    expect(requests.filter((line) => line.startsWith("POST /token "))).toHaveLength(tries + 1);
  });
});
