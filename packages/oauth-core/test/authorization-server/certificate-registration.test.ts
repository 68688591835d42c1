import type {
  ClientRegistration,
  MutualTlsOptions,
} from "@credicorp/oauth-core/authorization-server";
import { describe, expect, it } from "vitest";

import {
  createCertificateSetting,
  jwksWith,
  makeCertificate,
} from "./support/certificate-client.ts";
import { createTestServer, secrets } from "./support/test-server.ts";

const selfSigned = { tokenEndpointAuthMethod: "self_signed_tls_client_auth" } as const;

describe("the registration of a client that connects with certificates", () => {
  it.each<[string, Partial<ClientRegistration>, string]>([
    ["no name", {}, "tlsClientAuthSubjectDn"],
    [
      "two names",
      { tlsClientAuthSubjectDn: "CN=a", tlsClientAuthSanDns: "a.example" },
      "tlsClientAuthSanDns",
    ],
    ["an empty subject", { tlsClientAuthSubjectDn: "" }, "tlsClientAuthSubjectDn"],
    ["a malformed subject", { tlsClientAuthSubjectDn: "partner" }, "tlsClientAuthSubjectDn"],
    ["an empty DNS name", { tlsClientAuthSanDns: "" }, "tlsClientAuthSanDns"],
    ["a URI with a blank", { tlsClientAuthSanUri: "https://a b" }, "tlsClientAuthSanUri"],
    ["an address that is none", { tlsClientAuthSanIp: "10.0.0.256" }, "tlsClientAuthSanIp"],
    ["an e-mail address without a sign", { tlsClientAuthSanEmail: "x" }, "tlsClientAuthSanEmail"],
    ["self-signed without a key", selfSigned, "jwks"],
    [
      "self-signed with a key without a certificate",
      { ...selfSigned, jwks: { keys: [{ kty: "EC" }] } },
      "jwks",
    ],
    [
      "self-signed with a certificate that is none",
      { ...selfSigned, jwks: { keys: [{ kty: "EC", x5c: ["AAAA"] }] } },
      "jwks.keys[0].x5c[0]",
    ],
    [
      "self-signed with base64url",
      { ...selfSigned, jwks: { keys: [{ kty: "EC", x5c: ["_-__"] }] } },
      "jwks.keys[0].x5c[0]",
    ],
    [
      "a subject for another method",
      { ...selfSigned, jwks: jwksWith(makeCertificate()), tlsClientAuthSubjectDn: "CN=a" },
      "tlsClientAuthSubjectDn",
    ],
    [
      "tokens bound to two keys",
      {
        tlsClientAuthSubjectDn: "CN=a",
        dpopBoundAccessTokens: true,
        tlsClientCertificateBoundAccessTokens: true,
      },
      "tlsClientCertificateBoundAccessTokens",
    ],
  ])("MTLS-01 is refused with %s, and says where", async (_name, registration, member) => {
    const { register } = await createCertificateSetting();

    await expect(register(registration)).rejects.toMatchObject({
      kind: "config",
      option: `clients["partner"].${member}`,
    });
  });
});

describe("the configuration of mutual TLS", () => {
  it.each<["tls_client_auth" | "self_signed_tls_client_auth", MutualTlsOptions | undefined]>([
    ["tls_client_auth", undefined],
    ["self_signed_tls_client_auth", undefined],
    ["tls_client_auth", { verifiesChains: false }],
  ])("MD-11 refuses the method %s with mutualTls %j, which could not serve it", async (...row) => {
    const [method, mutualTls] = row;

    const server = createTestServer({ mutualTls, clientAuthenticationMethods: [method] });

    await expect(server).rejects.toMatchObject({ option: "clientAuthenticationMethods" });
  });

  it("needs the port that reads certificates", async () => {
    const server = createTestServer({ mutualTls: { verifiesChains: false } });

    await expect(server).rejects.toMatchObject({
      option: "clientAuthenticationMethods",
      message: expect.stringContaining("certificateReader"),
    });
  });

  it("needs no such port where certificates do not authenticate", async () => {
    const server = await createTestServer({
      mutualTls: { verifiesChains: false },
      clientAuthenticationMethods: ["client_secret_basic"],
    });

    expect(server.policy.mutualTls).toEqual({ verifiesChains: false });
  });

  it.each(["https://mtls.example.com/", "mtls.example.com", "http://mtls.example.com", ""])(
    "refuses %j as the origin of the endpoints",
    async (endpointOrigin) => {
      const server = createCertificateSetting({
        mutualTls: { verifiesChains: true, endpointOrigin },
      });

      await expect(server).rejects.toMatchObject({ option: "mutualTls.endpointOrigin" });
    },
  );

  it("HTTP-01 allows plain http for that origin only where it is allowed at all", async () => {
    const mutualTls = { verifiesChains: true, endpointOrigin: "http://mtls.example.com" };

    const { server } = await createCertificateSetting({ mutualTls, allowInsecureHttp: true });

    expect(server.policy.mutualTls).toEqual(mutualTls);
  });

  it("keeps no secret of a registered certificate but the certificate", async () => {
    const { server, register } = await createCertificateSetting();
    await register({ ...selfSigned, jwks: jwksWith(makeCertificate()), secret: secrets.post });

    const row = await server.ports.clients.get("partner");

    expect(row?.value.jwks).toBeUndefined();
    expect(row?.value.tlsCertificates).toEqual([
      Buffer.from(makeCertificate()).toString("base64url"),
    ]);
  });
});
