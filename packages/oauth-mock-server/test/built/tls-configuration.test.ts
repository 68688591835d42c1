import { describe, expect, it } from "vitest";

import { createAuthority, createSelfSigned } from "../support/certificates.ts";
import { sendForm } from "../support/tls-sandbox.ts";
import { refusalOf, startConfigured } from "./support/configured-command.ts";

const tls = {
  keyFile: "server.key",
  certFile: "server.pem",
  clientCertificateAuthorityFiles: ["authority.pem"],
};

describe("TLS in a configuration file", () => {
  it("HTTP-01 MTLS-01 reads keys and certificates from files beside it", async () => {
    const authority = await createAuthority("CN=authority");
    const server = await createSelfSigned({ names: [{ type: "ip", value: "127.0.0.1" }] });
    const partner = {
      id: "partner",
      tokenEndpointAuthMethod: "tls_client_auth",
      tlsClientAuthSubjectDn: "CN=partner,O=Example",
      tlsClientCertificateBoundAccessTokens: true,
      scope: ["x"],
    };
    const url = await startConfigured(
      { tls, clients: [partner], profile: "fapi2" },
      {
        "server.key": server.key,
        "server.pem": server.cert,
        "authority.pem": authority.cert,
      },
    );

    const certificate = await authority.issue();
    const { status } = await sendForm(url, { certificate, authority: server.cert });

    expect(url).toMatch(/^https:/);
    expect(status).toBe(200);
  });

  it.each([
    [{ tls }, /server\.key does not exist: check the path/],
    [{ tls: { ...tls, key: "PEM" } }, /unknown option key in tls/],
    [{ tls: { ...tls, keyFile: "sandbox.json", certFile: "sandbox.json" } }, /authority\.pem/],
    [{ clientCertificateHeader: { name: "Client-Cert" } }, /trustedProxies/],
    [{ clientCertificateHeader: "Client-Cert" }, /clientCertificateHeader/],
    [{ profile: "fapi1" }, /profile/],
  ])("says in one line what is wrong with %j", async (configuration, expected) => {
    const refusal = await refusalOf(configuration);

    expect(refusal).toEqual({ code: 2, lines: [expect.stringMatching(expected)] });
  });
});
