import { createHash } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { inspect } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import type { OAuthClient, OAuthClientOptions } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { MutualTlsCertificate } from "@credicorp/oauth-client/mutual-tls";
import { mutualTls } from "@credicorp/oauth-client/mutual-tls";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { createMemoryTokenStore } from "@credicorp/oauth-core/token-cache";
import type { Sandbox, SandboxClientConfiguration } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { signatureEngine, systemClock } from "@credicorp/oauth-runtime";

import type { TestCertificate } from "./support/certificates.ts";
import { createSelfSigned } from "./support/certificates.ts";

const authority = await createSelfSigned("CN=Partners' authority");
const server = await createSelfSigned("CN=localhost");
const partner = await authority.issue("O=Example, CN=partner");
const certified = {
  tokenEndpointAuthMethod: "tls_client_auth",
  tlsClientAuthSubjectDn: "CN=partner,O=Example",
} as const;
const { cert, key } = partner;
const certificate = { method: "tls_client_auth", cert, key, ca: server.cert } as const;

/** A sandbox over TLS with the client `partner`. */
async function startSandbox(
  registration: Partial<SandboxClientConfiguration>,
): Promise<{ readonly sandbox: Sandbox; readonly baseUrl: string }> {
  const sandbox = await createSandbox({
    tls: { cert: server.cert, key: server.key, clientCertificateAuthorities: [authority.cert] },
  });
  onTestFinished(() => sandbox.close());
  const { url: baseUrl } = await sandbox.listen();
  await sandbox.clients.create({
    id: "partner",
    tokenEndpointAuthMethod: "tls_client_auth",
    scope: ["applications:write", "decisions:read"],
    tlsClientCertificateBoundAccessTokens: true,
    ...registration,
  });
  return { sandbox, baseUrl };
}

/** An API that tells which certificate it was shown, and which one the token is bound to. */
async function startApi(): Promise<string> {
  const api = createServer(
    { cert: server.cert, key: server.key, requestCert: true, rejectUnauthorized: false },
    ({ socket, headers }, response) => {
      const { raw } = socket instanceof TLSSocket ? socket.getPeerCertificate() : {};
      const shown = raw && createHash("sha256").update(raw).digest("base64url");
      const { authorization } = headers;
      response.end(JSON.stringify({ shown, bound: boundTo(authorization ?? "") }));
    },
  );
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    api.closeAllConnections();
    api.close();
  });
  return `https://127.0.0.1:${(api.address() as AddressInfo).port}`;
}

/** Reads `cnf` of a token, unverified. */
function boundTo(token: string): unknown {
  const [, payload = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
    readonly cnf?: Readonly<Record<string, unknown>>;
  };
  return claims.cnf?.["x5t#S256"];
}

function start(options: Omit<OAuthClientOptions, "clientId" | "clientSecret">): OAuthClient {
  const client = createOAuthClient({ clientId: "partner", ...options } as OAuthClientOptions);
  onTestFinished(() => client.close());
  return client;
}

describe("mutual TLS against the sandbox, over sockets", () => {
  it("MTLS-01 MTLS-02 gets a token by the certificate, and shows it to the API as well", async () => {
    const { baseUrl } = await startSandbox(certified);
    const api = await startApi();
    const authentication = mutualTls(certificate);
    const client = start({ baseUrl, authentication, allowedOrigins: [api] });

    const response = await client.fetch(`${api}/partner/v1/applications`);

    expect(await response.json()).toEqual({ shown: partner.thumbprint, bound: partner.thumbprint });
    expect((await client.getToken()).tokenType).toBe("Bearer");
  });

  it("MTLS-01 gets a token by a certificate of its own making", async () => {
    const own = await createSelfSigned("CN=own");
    const { baseUrl } = await startSandbox({
      tokenEndpointAuthMethod: "self_signed_tls_client_auth",
      jwks: { keys: [{ kty: "EC", x5c: [own.der] }] },
    });
    const method = "self_signed_tls_client_auth";
    const authentication = mutualTls({ method, cert: own.cert, key: own.key, ca: server.cert });

    const { value } = await start({ baseUrl, authentication }).getToken();

    expect(boundTo(value)).toBe(own.thumbprint);
  });

  it("MTLS-02 binds the tokens of a client that signs assertions", async () => {
    const jwk = { ...(await signatureEngine.generateKeyPair("ES256")), kid: "mine" };
    const { baseUrl } = await startSandbox({
      tokenEndpointAuthMethod: "private_key_jwt",
      jwks: { keys: [toPublicJwk(jwk)] },
    });
    const inner = privateKeyJwt({ key: jwk });
    const authentication = mutualTls({ authentication: inner, cert, key, ca: server.cert });

    const { value } = await start({ baseUrl, authentication }).getToken();

    expect(boundTo(value)).toBe(partner.thumbprint);
  });

  it("CLI-33 shows a certificate that was replaced from the next token request on", async () => {
    const { baseUrl } = await startSandbox(certified);
    const next = await authority.issue("O=Example, CN=partner");
    let current: TestCertificate = partner;
    const client = start({
      baseUrl,
      authentication: mutualTls({
        ...certificate,
        cert: () => current.cert,
        key: async () => current.key,
      }),
    });
    const before = await client.getToken();
    current = next;

    const after = await client.getToken({ scope: ["decisions:read"] });

    expect(boundTo(before.value)).toBe(partner.thumbprint);
    expect(boundTo(after.value)).toBe(next.thumbprint);
  });

  it("MD-11 goes to the endpoints that the metadata has for certificates", async () => {
    const { baseUrl } = await startSandbox(certified);
    const path = "/partner/v1/oauth";
    const dead = "https://127.0.0.1:1";
    const client = start({
      baseUrl,
      authentication: mutualTls(certificate),
      metadata: {
        issuer: baseUrl,
        tokenEndpoint: `${dead}${path}/token`,
        revocationEndpoint: `${dead}${path}/revoke`,
        introspectionEndpoint: `${baseUrl}${path}/introspect`,
        mtlsEndpointAliases: {
          tokenEndpoint: `${baseUrl}${path}/token`,
          revocationEndpoint: `${baseUrl}${path}/revoke`,
        },
      },
    });

    const { value } = await client.getToken();
    await client.revoke(value);

    expect(await client.introspect(value)).toMatchObject({ active: false });
  });

  it("CLI-16 shares a token among processes with the same certificate, and with no others", async () => {
    const { baseUrl } = await startSandbox(certified);
    const store = createMemoryTokenStore(systemClock);
    const storeKey = "a-secret-of-the-store-with-32-characters";
    const other = await authority.issue("O=Example, CN=partner");
    const getBound = async (own: TestCertificate): Promise<string> => {
      const authentication = mutualTls({ ...certificate, cert: own.cert, key: own.key });
      return (await start({ baseUrl, authentication, store, storeKey }).getToken()).value;
    };

    const first = await getBound(partner);
    const second = await getBound(partner);
    const third = await getBound(other);

    expect(second).toBe(first);
    expect(boundTo(third)).toBe(other.thumbprint);
  });

  it("MTLS-01 hints at the certificate when the server refuses it", async () => {
    const { baseUrl } = await startSandbox(certified);
    const other = await authority.issue("O=Example, CN=other");
    const authentication = mutualTls({ ...certificate, cert: other.cert, key: other.key });

    await expect(start({ baseUrl, authentication }).getToken()).rejects.toMatchObject({
      error: "invalid_client",
      hint: expect.stringContaining("certificate"),
    });
  });

  it("believes no server that its authorities do not vouch for", async () => {
    const { baseUrl } = await startSandbox(certified);
    const authentication = mutualTls({ ...certificate, ca: authority.cert });

    // Time enough to load and connect on a busy machine; the last pause that fits tells why it was in vain.
    const error = await start({ baseUrl, authentication, maxWaitMs: 2000 })
      .getToken()
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ kind: "network" });
  });

  it("CLI-31 has nothing of the key in its errors and in itself", async () => {
    const { baseUrl } = await startSandbox(certified);
    const planted = key.split("\n")[1]?.slice(0, 24) ?? "";
    const good = mutualTls(certificate);
    const client = start({ baseUrl, authentication: good });
    await client.getToken();
    const failing = (): never => {
      throw new Error(key);
    };
    const faults: [Partial<MutualTlsCertificate>, string][] = [
      [{ key: failing }, "has failed"],
      [{ cert: authority.cert }, "ERR_OSSL_X509_KEY_VALUES_MISMATCH"],
      [{ key: key.slice(0, 80) }, "cannot be used"],
      [{ cert: "" }, "is missing"],
    ];

    const errors = await Promise.all(
      faults.map(async ([fault, message]) => {
        const authentication = mutualTls({ ...certificate, ...fault });
        const error: unknown = await start({ baseUrl, authentication })
          .discover()
          .catch((reason: unknown) => reason);
        expect(String(error)).toContain(message);
        return error;
      }),
    );

    expect(planted).toHaveLength(24);
    expect(inspect([...errors, client, good], { depth: Infinity })).not.toContain(planted);
  });
});
