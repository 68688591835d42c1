import { X509Certificate } from "node:crypto";

import type {
  ClientCertificateHeader,
  SandboxClientConfiguration,
  SandboxOptions,
} from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import type { TestCertificate } from "./support/certificates.ts";
import { createSelfSigned } from "./support/certificates.ts";
import { sendRaw } from "./support/requests.ts";
import { claimsOf, createTlsSetting, scope, tokenPath } from "./support/tls-sandbox.ts";

const header: ClientCertificateHeader = { name: "Client-Cert", isChainVerified: true };
const partner: SandboxClientConfiguration = {
  id: "partner",
  tokenEndpointAuthMethod: "tls_client_auth",
  tlsClientAuthSubjectDn: "CN=partner,O=Example",
  tlsClientCertificateBoundAccessTokens: true,
  scope,
};

describe("a certificate that a proxy reports", () => {
  it("HTTP-10 MTLS-01 MTLS-02 authenticates the client and binds its token", async () => {
    const { send } = await listen({ clientCertificateHeader: header });
    const certificate = await createSelfSigned();

    const answer = await send(["Client-Cert", byteSequence(certificate)]);

    expect(answer.status).toBe(200);
    expect(claimsOf(answer)["cnf"]).toEqual({ "x5t#S256": thumbprintOf(certificate) });
  });

  it("ATK-51 is bound by its DER bytes when it is reported as PEM", async () => {
    const { send } = await listen({
      clientCertificateHeader: {
        name: "X-SSL-Cert",
        format: "url_encoded_pem",
        isChainVerified: true,
      },
    });
    const certificate = await createSelfSigned();

    const answer = await send(["X-SSL-Cert", encodeURIComponent(certificate.cert)]);

    expect(claimsOf(answer)["cnf"]).toEqual({ "x5t#S256": thumbprintOf(certificate) });
  });

  it.each<[string, SandboxOptions]>([
    ["anybody else", { trustedProxies: ["192.0.2.1", "10.0.0.0/8"] }],
    ["anybody else, over IPv6", { trustedProxies: ["2001:db8::/32"] }],
    ["a proxy, in another field", { clientCertificateHeader: { ...header, name: "Other" } }],
  ])("HTTP-10 ATK-51 is not believed from %s", async (_name, configuration) => {
    const { send, refusals } = await listen({ clientCertificateHeader: header, ...configuration });

    const field = ["Client-Cert", byteSequence(await createSelfSigned())];
    const answer = await send(field);
    // Whoever is no proxy may say that one was on the way, but is still nobody to believe.
    await send([...field, "X-Forwarded-For", "127.0.0.1", "Forwarded", "for=10.0.0.1"]);

    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
    expect(refusals).toEqual(["certificate_missing", "certificate_missing"]);
  });

  it("HTTP-10 ATK-51 is not believed where no field is configured", async () => {
    const { register, send, authority, refusals } = await createTlsSetting(() => ({
      trustedProxies: ["127.0.0.1"],
    }));
    await register(partner);
    const value = byteSequence(await authority.issue());

    const { status } = await send({ headers: { "client-cert": value } });

    expect([status, refusals]).toEqual([401, ["certificate_missing"]]);
  });

  it("HTTP-10 MTLS-01 does not count as verified unless the configuration says so", async () => {
    const clientCertificateHeader = { name: "Client-Cert" };
    const { register, send, authority, refusals } = await createTlsSetting(() => ({
      trustedProxies: ["127.0.0.1"],
      clientCertificateHeader,
    }));
    await register(partner);
    const value = byteSequence(await authority.issue());

    const { status } = await send({ headers: { "client-cert": value } });
    const alone = listen({ clientCertificateHeader });

    expect([status, refusals]).toEqual([401, ["certificate_untrusted"]]);
    await expect(alone).rejects.toThrow(/needs verified chains/);
  });

  it("HTTP-10 authenticates by a registered certificate without any verification", async () => {
    const certificate = await createSelfSigned();
    const { send } = await listen({ clientCertificateHeader: { name: "Client-Cert" } }, [
      {
        id: "partner",
        tokenEndpointAuthMethod: "self_signed_tls_client_auth",
        jwks: { keys: [{ kty: "EC", x5c: [certificate.der.toString("base64")] }] },
        scope,
      },
    ]);

    const statuses = [
      await send(["Client-Cert", byteSequence(certificate)]),
      await send(["Client-Cert", byteSequence(await createSelfSigned())]),
    ].map(({ status }) => status);

    expect(statuses).toEqual([200, 401]);
  });

  it("ATK-51 is ignored when it is there twice, as when a proxy lets the client's own through", async () => {
    const { send, refusals } = await listen({ clientCertificateHeader: header });
    const value = byteSequence(await createSelfSigned());

    const { status } = await send(["Client-Cert", value, "client-cert", value]);

    expect([status, refusals]).toEqual([401, ["certificate_missing"]]);
  });

  it.each(["", "::", ":AAAA", "(null)", "%", "-----BEGIN CERTIFICATE-----"])(
    "ATK-51 is ignored when it is %j",
    async (value) => {
      for (const format of ["byte_sequence", "url_encoded_pem"] as const) {
        const { send, refusals } = await listen({
          clientCertificateHeader: { ...header, format },
        });

        const { status } = await send(["Client-Cert", value]);

        expect([status, refusals]).toEqual([401, ["certificate_missing"]]);
      }
    },
  );

  it("ATK-51 is refused when it is bytes but no certificate", async () => {
    const { send, refusals } = await listen({ clientCertificateHeader: header });

    const { status } = await send(["Client-Cert", ":AAAA:"]);

    expect([status, refusals]).toEqual([401, ["certificate_unreadable"]]);
  });

  it("HTTP-10 is not replaced by the certificate with which the proxy itself connects", async () => {
    const { register, send, authority, refusals } = await createTlsSetting(() => ({
      trustedProxies: ["127.0.0.1"],
      clientCertificateHeader: header,
    }));
    await register(partner);
    const proxy = await authority.issue();
    const client = await authority.issue();

    const unreported = await send({ certificate: proxy });
    const reported = await send({
      certificate: proxy,
      headers: { "client-cert": byteSequence(client) },
    });

    expect(unreported.status).toBe(401);
    expect(refusals).toEqual(["certificate_missing"]);
    expect(claimsOf(reported)["cnf"]).toEqual({ "x5t#S256": thumbprintOf(client) });
  });

  it("HTTP-10 ATK-51 does not replace the certificate of a client that connects itself", async () => {
    const { register, send, authority } = await createTlsSetting(() => ({
      trustedProxies: ["10.0.0.1"],
      clientCertificateHeader: header,
    }));
    await register(partner);
    const [own, other] = [await authority.issue(), await authority.issue()];

    const answer = await send({
      certificate: own,
      headers: { "client-cert": byteSequence(other) },
    });

    expect(claimsOf(answer)["cnf"]).toEqual({ "x5t#S256": thumbprintOf(own) });
  });
});

describe("the configuration of that header", () => {
  it.each([
    ["without proxies", { clientCertificateHeader: header }, "clientCertificateHeader"],
    [
      "with a name that is none",
      { clientCertificateHeader: { name: "Client Cert" }, trustedProxies: ["10.0.0.1"] },
      "clientCertificateHeader.name",
    ],
    ["without certificates", { mtlsEndpointOrigin: "https://mtls.example" }, "mtlsEndpointOrigin"],
  ])("is refused %s", async (_name, configuration, option) => {
    await expect(createSandbox(configuration)).rejects.toMatchObject({ kind: "config", option });
  });

  it("MD-11 names other endpoints for clients with certificates", async () => {
    const sandbox = await createSandbox({
      issuer: "https://hub.example",
      mtlsEndpointOrigin: "https://mtls.hub.example",
      clientCertificateHeader: header,
      trustedProxies: ["10.0.0.1"],
    });

    const response = await sandbox.fetch("/.well-known/oauth-authorization-server");

    expect(await response.json()).toMatchObject({
      mtls_endpoint_aliases: { token_endpoint: `https://mtls.hub.example${tokenPath}` },
    });
  });
});

interface Listening {
  readonly refusals: readonly string[];

  /** Sends the token request of `partner` over plain http from loopback, as a proxy would. */
  readonly send: (
    headers: readonly string[],
  ) => Promise<{ readonly status: number; readonly json: Readonly<Record<string, unknown>> }>;
}

async function listen(
  options: SandboxOptions,
  clients: readonly SandboxClientConfiguration[] = [partner],
): Promise<Listening> {
  const refusals: string[] = [];
  const sandbox = await createSandbox({
    trustedProxies: ["127.0.0.1"],
    resources: [{ identifier: "https://api.example", scopes: scope }],
    clients,
    audit: (event) => {
      if (event.type === "request_refused") refusals.push(event.why);
    },
    ...options,
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  return {
    refusals,
    send: async (headers) => {
      const { status, body } = await sendRaw(url, {
        method: "POST",
        path: tokenPath,
        headers: ["Content-Type", "application/x-www-form-urlencoded", ...headers],
        body: "grant_type=client_credentials&client_id=partner",
      });
      return { status, json: JSON.parse(body) as Record<string, unknown> };
    },
  };
}

function byteSequence({ der }: TestCertificate): string {
  return `:${der.toString("base64")}:`;
}

function thumbprintOf({ cert }: TestCertificate): string {
  const { fingerprint256 } = new X509Certificate(cert);
  return Buffer.from(fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}
