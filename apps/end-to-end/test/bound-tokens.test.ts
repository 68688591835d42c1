import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { TLSSocket } from "node:tls";

import { describe, expect, it, onTestFinished } from "vitest";

import { startHub } from "@credicorp/end-to-end";
import { createOAuthClient } from "@credicorp/oauth-client";
import { dpop } from "@credicorp/oauth-client/dpop";
import { formatClientCertField, parseClientCertField } from "@credicorp/oauth-core/protocol";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { bytes } from "@credicorp/oauth-runtime";

import type { TestCertificate } from "./support/certificates.ts";
import { createSelfSigned } from "./support/certificates.ts";
import { startGuardedApi } from "./support/guarded-api.ts";

const server = await createSelfSigned("CN=localhost");
const authority = await createSelfSigned("CN=Partners' authority");
const partner = await authority.issue("O=Example, CN=partner");
const stranger = await authority.issue("O=Example, CN=partner");

/** A sandbox behind a proxy that ends TLS, which the tests play, and a client whose tokens are bound to certificates. */
async function startSandbox(): Promise<{ readonly sandbox: Sandbox; readonly issuer: string }> {
  const sandbox = await createSandbox({
    trustedProxies: ["127.0.0.1"],
    clientCertificateHeader: { name: "Client-Cert" },
  });
  onTestFinished(() => sandbox.close());
  const { url: issuer } = await sandbox.listen();
  await sandbox.clients.create({
    id: "certified",
    secret: "certified_Yk9vTz4XnW7mRc2BqP6gHd3sJf8uLa5e",
    tokenEndpointAuthMethod: "client_secret_post",
    scope: ["decisions:read"],
    tlsClientCertificateBoundAccessTokens: true,
  });
  return { sandbox, issuer };
}

/** Gets a token that is bound to the certificate. */
async function obtainToken(issuer: string, certificate: TestCertificate): Promise<string> {
  const response = await fetch(`${issuer}/partner/v1/oauth/token`, {
    method: "POST",
    headers: { "client-cert": fieldOf(certificate), "x-forwarded-proto": "https" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "certified",
      client_secret: "certified_Yk9vTz4XnW7mRc2BqP6gHd3sJf8uLa5e",
    }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token: string };
  return token;
}

function fieldOf({ der }: TestCertificate): string {
  return formatClientCertField(Buffer.from(der, "base64"), bytes);
}

interface Answer {
  readonly status: number | undefined;
  readonly challenge: string | undefined;
  readonly body: string;
  readonly isResumed: boolean;
}

/** Calls an API over TLS, with a certificate or none. */
function call(
  url: string,
  options: {
    readonly token: string;
    readonly certificate?: TestCertificate | undefined;
    readonly headers?: Readonly<Record<string, string>>;
    readonly agent?: Agent;
  },
): Promise<Answer> {
  const { token, certificate, headers, agent = false } = options;
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/decisions`, {
      ca: server.cert,
      cert: certificate?.cert,
      key: certificate?.key,
      agent,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const { socket, statusCode: status } = response;
      const isResumed = socket instanceof TLSSocket && socket.isSessionReused();
      const challenge = response.headers["www-authenticate"];
      text(response).then((body) => resolve({ status, challenge, body, isResumed }), reject);
    });
    sent.end();
  });
}

describe("tokens that are bound to a certificate, at an API over TLS", () => {
  it("MTLS-02 ATK-51 let their owner in, and nobody without that very certificate", async () => {
    const { issuer } = await startSandbox();
    const api = await startGuardedApi({ issuer, tls: server });
    const token = await obtainToken(issuer, partner);

    const owner = await call(api, { token, certificate: partner });
    const others = [
      await call(api, { token, certificate: stranger }),
      await call(api, { token, certificate: authority }),
      await call(api, { token }),
      await call(api, { token, headers: { "client-cert": fieldOf(partner) } }),
    ];
    const again = await call(api, { token, certificate: partner });

    expect(owner).toMatchObject({
      status: 200,
      body: JSON.stringify({ "x5t#S256": partner.thumbprint }),
    });
    expect(again.status).toBe(200);
    expect(others.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(others[0]?.challenge).toMatch(/^Bearer realm="[^"]+", error="invalid_token"/);
  });

  it("MTLS-02 let their owner in over a connection that goes on with an earlier one's TLS session", async () => {
    const { issuer } = await startSandbox();
    const api = await startGuardedApi({ issuer, tls: server });
    const token = await obtainToken(issuer, partner);
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    onTestFinished(() => agent.destroy());

    const answers: Answer[] = [];
    for (let count = 0; count < 3; count += 1) {
      answers.push(await call(api, { token, certificate: partner, agent }));
    }

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.at(-1)?.isResumed).toBe(true);
  });

  it("ATK-51 are refused over plain HTTP, whatever a header says, unless the application reads it", async () => {
    const { issuer } = await startSandbox();
    const token = await obtainToken(issuer, partner);
    const plain = await startGuardedApi({ issuer });
    const behindProxy = await startGuardedApi({
      issuer,
      clientCertificate: ({ headers }) =>
        parseClientCertField(String(headers["client-cert"]), bytes),
    });
    const send = async (api: string, certificate?: TestCertificate): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      const field = certificate && { "client-cert": fieldOf(certificate) };
      return (await fetch(`${api}/decisions`, { headers: { ...headers, ...field } })).status;
    };

    expect(await send(plain, partner)).toBe(401);
    expect(await send(behindProxy, partner)).toBe(200);
    expect(await send(behindProxy, stranger)).toBe(401);
    expect(await send(behindProxy)).toBe(401);
  });
});

describe("tokens that are bound to a key, at an API that the verifier guards", () => {
  it("DPOP-04 ATK-49 let their owner in through a gateway, whose origin is the one that proofs name", async () => {
    const hub = await startHub({ port: 0 });
    onTestFinished(() => hub.close());
    const { id: clientId, secret: clientSecret } = hub.sandbox.clients.get("partner-dpop");
    const client = createOAuthClient({
      baseUrl: hub.origin,
      clientId,
      clientSecret,
      dpop: dpop({ generate: "ES256" }),
    });
    onTestFinished(() => client.close());
    const path = "/partner/v1/decisions/unknown";

    const answer = await client.fetch(path);
    const { value: token } = await client.getToken();
    const stolen = await fetch(hub.origin + path, {
      headers: { authorization: `Bearer ${token}` },
    });

    // The route was reached, and has no such decision.
    expect(answer.status).toBe(404);
    expect(stolen.status).toBe(401);
  });

  it.each(["ES256", "PS256", "Ed25519"] as const)(
    "DPOP-04 DPOP-06 let our client in, with a key for %s, nonce and all",
    async (algorithm) => {
      const { sandbox, issuer } = await startSandbox();
      const api = await startGuardedApi({
        issuer,
        verifier: (origin) => ({ dpop: { origin, requireNonce: true }, requireBoundTokens: true }),
      });
      const { id: clientId, secret: clientSecret } = sandbox.clients.get("partner-dpop");
      const client = createOAuthClient({
        baseUrl: issuer,
        clientId,
        clientSecret,
        dpop: dpop({ generate: algorithm }),
        allowedOrigins: [api],
      });
      onTestFinished(() => client.close());

      const first = await client.fetch(`${api}/decisions?page=1`);
      const second = await client.fetch(`${api}/decisions?page=1`);
      const { value } = await client.getToken();
      const stolen = await fetch(`${api}/decisions`, {
        headers: { authorization: `DPoP ${value}` },
      });

      expect([first.status, second.status, stolen.status]).toEqual([200, 200, 401]);
      expect(await first.json()).toEqual({ jkt: expect.any(String) });
    },
  );
});
