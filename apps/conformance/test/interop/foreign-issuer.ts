import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { onTestFinished } from "vitest";

/** An authorization server of which nothing is ours: its keys and tokens are made by jose. */
export interface ForeignIssuer {
  readonly issuer: string;

  /** Signs a token of RFC 9068 for `audience`; `claims` and `header` replace what is in it, or take it out. */
  readonly sign: (changes?: {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly header?: { readonly typ?: string; readonly kid?: string };
  }) => Promise<string>;
}

/** The resource that the foreign tokens are for. */
export const audience = "https://api.example.com";

/** Starts the server on loopback, with one key; it stops with the test. */
export async function startForeignIssuer(algorithm: string): Promise<ForeignIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const kid = "foreign-1";
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" };

  const documents = new Map<string, object>([["/keys", { keys: [jwk] }]]);
  const server = createServer((request, response) => {
    const document = documents.get(request.url ?? "");
    response.writeHead(document === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(document ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  documents.set("/.well-known/oauth-authorization-server", {
    issuer,
    jwks_uri: `${issuer}/keys`,
    token_endpoint: `${issuer}/token`,
  });

  return {
    issuer,
    sign: async ({ claims, header } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: issuer,
        aud: audience,
        sub: "foreign-client",
        client_id: "foreign-client",
        scope: "decisions:read",
        jti: "3c1a5a36-1b1e-4c57-9d5c-5d3c1f6b7a10",
        iat: now,
        exp: now + 300,
        ...claims,
      };
      return new SignJWT(payload)
        .setProtectedHeader({ alg: algorithm, typ: "at+jwt", kid, ...header })
        .sign(privateKey);
    },
  };
}
