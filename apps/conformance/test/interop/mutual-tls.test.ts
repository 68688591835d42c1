// The certificate library wants it first.
import "reflect-metadata";

import { webcrypto, X509Certificate } from "node:crypto";

import type { Sandbox, SandboxClientConfiguration } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import * as x509 from "@peculiar/x509";
import * as client from "openid-client";
import { Agent, fetch } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";

const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const id = "partner";

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

describe("mutual TLS with openid-client", () => {
  it.each<[string, (certificate: Certificate) => Partial<SandboxClientConfiguration>]>([
    [
      "tls_client_auth",
      () => ({ tokenEndpointAuthMethod: "tls_client_auth", tlsClientAuthSubjectDn: "CN=partner" }),
    ],
    [
      "self_signed_tls_client_auth",
      ({ cert }) => ({
        tokenEndpointAuthMethod: "self_signed_tls_client_auth",
        jwks: { keys: [{ kty: "EC", x5c: [new X509Certificate(cert).raw.toString("base64")] }] },
      }),
    ],
  ])("MTLS-01 MTLS-02 gets and introspects a bound token by %s", async (_name, registered) => {
    const partner = await makeCertificate("CN=partner");
    const { sandbox, configuration } = await connect(partner);
    await sandbox.clients.create({
      id,
      tokenEndpointAuthMethod: "tls_client_auth",
      scope: ["decisions:read"],
      tlsClientCertificateBoundAccessTokens: true,
      ...registered(partner),
    });

    const token = await client.clientCredentialsGrant(configuration);
    const introspected = await client.tokenIntrospection(configuration, token.access_token);

    const thumbprint = new X509Certificate(partner.cert).fingerprint256.replaceAll(":", "");
    expect(token.token_type).toBe("bearer");
    expect(introspected).toMatchObject({
      active: true,
      cnf: { "x5t#S256": Buffer.from(thumbprint, "hex").toString("base64url") },
    });
    expect(configuration.serverMetadata()).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  it("MTLS-01 is refused with a certificate of somebody else", async () => {
    const { sandbox, configuration } = await connect(await makeCertificate("CN=other"));
    await sandbox.clients.create({
      id,
      tokenEndpointAuthMethod: "tls_client_auth",
      tlsClientAuthSubjectDn: "CN=partner",
      scope: ["decisions:read"],
    });

    await expect(client.clientCredentialsGrant(configuration)).rejects.toMatchObject({
      status: 401,
    });
  });
});

/** A sandbox with TLS, and the library connecting to it with a certificate that the sandbox believes. */
async function connect(
  partner: Certificate,
): Promise<{ readonly sandbox: Sandbox; readonly configuration: client.Configuration }> {
  const server = await makeCertificate("CN=localhost", "127.0.0.1");
  const sandbox = await createSandbox({
    clients: [],
    resources: [{ identifier: "https://api.example", scopes: ["decisions:read"] }],
    tls: { ...server, clientCertificateAuthorities: [partner.cert] },
  });
  const dispatcher = new Agent({ connect: { ca: server.cert, ...partner } });
  onTestFinished(async () => {
    await dispatcher.close();
    await sandbox.close();
  });
  const { url } = await sandbox.listen();
  const options: client.DiscoveryRequestOptions = {
    algorithm: "oauth2",
    [client.customFetch]: async (target, init) => {
      const { method, headers, body } = init;
      const sent = body instanceof URLSearchParams ? { body: body.toString() } : {};
      const response = await fetch(target, { method, headers, dispatcher, ...sent });
      const { status } = response;
      return new Response(await response.text(), { status, headers: [...response.headers] });
    },
  };
  const identity = client.TlsClientAuth();
  const configuration = await client.discovery(new URL(url), id, {}, identity, options);
  return { sandbox, configuration };
}

async function makeCertificate(name: string, address?: string): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  const names = address === undefined ? [] : [{ type: "ip" as const, value: address }];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name,
      keys,
      signingAlgorithm,
      notAfter: new Date(Date.now() + 3_600_000),
      extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: certificate.toString("pem"),
    key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
  };
}
