import { X509Certificate } from "node:crypto";

import type { Sandbox, SandboxRequestInit } from "@credicorp/oauth-mock-server";
import {
  createSandbox,
  createTestCertificates,
  defaultClients,
  mutualTlsClient,
} from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import type { TestAuthority, TestCertificate } from "./support/certificates.ts";
import { createAuthority, createSelfSigned } from "./support/certificates.ts";
import { basic } from "./support/requests.ts";
import { claimsOf, createTlsSetting, scope, sendForm, tokenPath } from "./support/tls-sandbox.ts";

function request(clientId: string, clientCertificate?: string): SandboxRequestInit {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId });
  return { method: "POST", body, clientCertificate };
}

async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

function thumbprintOf(pem: string): string {
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(":", "");
  return Buffer.from(hex, "hex").toString("base64url");
}

describe("a client with a certificate and without a connection", () => {
  it("MTLS-02 gets a token that is bound to the certificate, in the sandbox and in a namespace", async () => {
    const { tls, client } = await createTestCertificates();
    await using sandbox = await createSandbox({
      tls,
      clients: [...defaultClients, mutualTlsClient],
    });
    const namespace = await sandbox.namespaces.create("a");
    const cnf = { "x5t#S256": thumbprintOf(client.cert) };

    const answer = await sandbox.fetch(tokenPath, request("partner-mtls", client.cert));
    const other = await namespace.fetch(tokenPath.slice(1), request("partner-mtls", client.cert));
    const json = await jsonOf(answer);
    const introspected = await sandbox.fetch("/partner/v1/oauth/introspect", {
      method: "POST",
      headers: { authorization: basic(sandbox.clients.get("partner-api")) },
      body: new URLSearchParams({ token: String(json["access_token"]) }),
    });

    expect(answer.status).toBe(200);
    expect(claimsOf({ json })["cnf"]).toEqual(cnf);
    expect(await introspected.json()).toMatchObject({ active: true, cnf });
    expect(claimsOf({ json: await jsonOf(other) })).toMatchObject({
      cnf,
      iss: namespace.issuer,
    });
  });

  it("MTLS-02 is sent away without the certificate, and with another key than its own", async () => {
    const [{ tls, client }, others] = [
      await createTestCertificates(),
      await createTestCertificates(),
    ];
    await using sandbox = await createSandbox({ tls, clients: [mutualTlsClient] });
    const statusOf = async (certificate?: string): Promise<number> =>
      (await sandbox.fetch(tokenPath, request("partner-mtls", certificate))).status;

    expect(await statusOf(client.cert)).toBe(200);
    expect(await statusOf()).toBe(401);
    expect(await statusOf(others.client.cert)).toBe(401);
  });

  it("MTLS-01 may have one of its own making, which is registered", async () => {
    const own = await createSelfSigned();
    const { tls } = await createTestCertificates();
    await using sandbox = await createSandbox({ tls });
    const jwk = new X509Certificate(own.cert).publicKey.export({ format: "jwk" });
    await sandbox.clients.create({
      id: "self",
      tokenEndpointAuthMethod: "self_signed_tls_client_auth",
      jwks: { keys: [{ ...jwk, kty: "EC", x5c: [own.der.toString("base64")] }] },
      tlsClientCertificateBoundAccessTokens: true,
      scope,
    });

    const answer = await sandbox.fetch(tokenPath, request("self", own.cert));

    expect(claimsOf({ json: await jsonOf(answer) })["cnf"]).toEqual({
      "x5t#S256": thumbprintOf(own.cert),
    });
  });

  it("says what a sandbox needs that asks nobody for certificates", async () => {
    await using sandbox = await createSandbox();
    const { client } = await createTestCertificates();

    await expect(
      sandbox.fetch(tokenPath, request("partner-basic", client.cert)),
    ).rejects.toMatchObject({
      option: "clientCertificate",
      message: expect.stringContaining("needs a sandbox with tls, or with clientCertificateHeader"),
    });
  });

  it.each(["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"])(
    "refuses %j, and does not repeat it",
    async (pem) => {
      const { tls } = await createTestCertificates();
      await using sandbox = await createSandbox({ tls });

      await expect(sandbox.fetch(tokenPath, request("partner-basic", pem))).rejects.toMatchObject({
        option: "clientCertificate",
        message: "clientCertificate must be a certificate in PEM",
      });
    },
  );

  it("MTLS-01 is believed as the proxy is, where one reports certificates", async () => {
    const { client } = await createTestCertificates();
    await using sandbox = await createSandbox({
      trustedProxies: ["127.0.0.1"],
      clientCertificateHeader: { name: "Client-Cert", isChainVerified: true },
      clients: [mutualTlsClient],
    });

    const answer = await sandbox.fetch(tokenPath, request("partner-mtls", client.cert));

    expect(answer.status).toBe(200);
  });
});

describe("a certificate without a connection is judged as it is over TLS", () => {
  const subject = "CN=partner,O=Example";

  /** What it does with a certificate by `fetch`, and what over a socket. */
  async function judge(
    make: (authority: TestAuthority) => Promise<Pick<TestCertificate, "cert" | "key">>,
    registered = subject,
  ): Promise<readonly number[]> {
    const setting = await createTlsSetting();
    await setting.register({ tlsClientAuthSubjectDn: registered });
    return statuses(setting, await make(setting.authority));
  }

  async function statuses(
    setting: { readonly sandbox: Sandbox; readonly url: string; readonly server: TestCertificate },
    certificate: Pick<TestCertificate, "cert" | "key">,
  ): Promise<readonly number[]> {
    const { sandbox, url, server } = setting;
    const inProcess = await sandbox.fetch(tokenPath, request("partner", certificate.cert));
    const der = Buffer.alloc(0);
    const overTls = await sendForm(url, {
      certificate: { ...certificate, der },
      authority: server.cert,
    });
    return [inProcess.status, overTls.status];
  }

  it("MTLS-01 good: of the authority itself", async () => {
    expect(await judge((authority) => authority.issue())).toEqual([200, 200]);
  });

  it("MTLS-01 good: of an authority beneath it, which is shown too", async () => {
    const withChain = async (authority: TestAuthority) => {
      const between = await authority.issueAuthority("CN=Between");
      const leaf = await between.issue();
      return { ...leaf, cert: `${leaf.cert}\n${between.cert}` };
    };

    expect(await judge(withChain)).toEqual([200, 200]);
  });

  it("MTLS-01 bad: of an authority beneath it that is not shown", async () => {
    expect(
      await judge(async (authority) => (await authority.issueAuthority("CN=Between")).issue()),
    ).toEqual([401, 401]);
  });

  it("MTLS-01 bad: of another authority, though of the same name, which is shown too", async () => {
    const forge = async () => {
      const other = await createAuthority("CN=Partners' authority");
      const leaf = await other.issue();
      return { ...leaf, cert: `${leaf.cert}\n${other.cert}` };
    };

    expect(await judge(forge)).toEqual([401, 401]);
  });

  it("MTLS-01 bad: of an authority beneath it that has expired", async () => {
    const late = async (authority: TestAuthority) => {
      const between = await authority.issueAuthority("CN=Between", { notAfter: -30 });
      const leaf = await between.issue();
      return { ...leaf, cert: `${leaf.cert}\n${between.cert}` };
    };

    expect(await judge(late)).toEqual([401, 401]);
  });

  it("MTLS-01 bad: of one who was certified, but not as an authority", async () => {
    const ofClient = async (authority: TestAuthority) => {
      const client = await authority.issueAuthority("CN=Client", { mayIssue: false });
      const leaf = await client.issue();
      return { ...leaf, cert: `${leaf.cert}\n${client.cert}` };
    };

    expect(await judge(ofClient)).toEqual([401, 401]);
  });

  it.each([
    ["expired", { notBefore: -3600, notAfter: -60 }],
    ["not valid yet", { notBefore: 3600, notAfter: 7200 }],
  ])("MTLS-01 bad: %s", async (_name, dates) => {
    expect(await judge((authority) => authority.issue(dates))).toEqual([401, 401]);
  });

  it("MTLS-01 bad: of an authority that has expired", async () => {
    const authority = await createAuthority("CN=Late", { notBefore: -3600, notAfter: -60 });
    const server = await createSelfSigned({ names: [{ type: "ip", value: "127.0.0.1" }] });
    const tls = { ...server, clientCertificateAuthorities: [authority.cert] };
    const setting = await createTlsSetting(() => ({ tls }));
    await setting.register({ tlsClientAuthSubjectDn: subject });

    expect(await statuses({ ...setting, server }, await authority.issue())).toEqual([401, 401]);
  });

  it("MTLS-01 bad: for servers alone", async () => {
    const made = await createTestCertificates();
    const { cert, key } = made.tls;
    const setting = await createTlsSetting(() => ({ tls: made.tls }));
    await setting.register({ tlsClientAuthSubjectDn: "CN=localhost,O=Credicorp sandbox" });
    const server = { cert: made.authority, key: "", der: Buffer.alloc(0) };

    expect(await statuses({ ...setting, server }, { cert, key })).toEqual([401, 401]);
  });
});
