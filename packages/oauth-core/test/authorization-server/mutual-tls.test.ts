import type { CertificateDetails, CertificateReader } from "@credicorp/oauth-core";
import type { ClientRegistration } from "@credicorp/oauth-core/authorization-server";
import { describe, expect, it } from "vitest";

import {
  createCertificateSetting,
  jsonReader,
  jwksWith,
  makeCertificate,
} from "./support/certificate-client.ts";
import { basic, paths, secrets } from "./support/test-server.ts";

const names = { dns: [], uri: [], ip: [], email: [] };
const subjectDn = { tlsClientAuthSubjectDn: "CN=partner,O=Example" };

describe("client authentication by a certificate of an authority (tls_client_auth)", () => {
  it.each<[Partial<ClientRegistration>, Partial<CertificateDetails>]>([
    [subjectDn, {}],
    [
      { tlsClientAuthSanDns: "Partner.example.com" },
      { subjectAlternativeNames: { ...names, dns: ["other.example", "partner.example.com"] } },
    ],
    [
      { tlsClientAuthSanUri: "spiffe://example/partner" },
      { subjectAlternativeNames: { ...names, uri: ["spiffe://example/partner"] } },
    ],
    [
      { tlsClientAuthSanIp: "2001:db8::1" },
      { subjectAlternativeNames: { ...names, ip: ["2001:DB8:0:0:0:0:0:1"] } },
    ],
    [
      { tlsClientAuthSanIp: "192.0.2.7" },
      { subjectAlternativeNames: { ...names, ip: ["192.0.2.7"] } },
    ],
    [
      { tlsClientAuthSanEmail: "Ops@Example.com" },
      { subjectAlternativeNames: { ...names, email: ["Ops@example.com"] } },
    ],
  ])("MTLS-01 accepts a certificate with the registered name %j", async (registered, details) => {
    const { register, send } = await createCertificateSetting();
    await register(registered);

    const response = await send(makeCertificate(details));

    expect(response.status).toBe(200);
  });

  it.each<[Partial<ClientRegistration>, Partial<CertificateDetails>]>([
    [subjectDn, { subjectDn: "CN=other,O=Example" }],
    [subjectDn, { subjectDn: "O=Example,CN=partner" }],
    [subjectDn, { subjectDn: "CN=partner,O=Example,C=GB" }],
    [subjectDn, { subjectDn: "CN=partner" }],
    [subjectDn, { subjectDn: "CN=partner\\,O=Example" }],
    [subjectDn, { subjectDn: "CN=partner\\0AO=Example" }],
    [subjectDn, { subjectDn: "" }],
    [subjectDn, { subjectDn: "malformed" }],
    [
      { tlsClientAuthSanDns: "partner.example.com" },
      { subjectAlternativeNames: { ...names, dns: ["*.example.com", "example.com"] } },
    ],
    [
      { tlsClientAuthSanDns: "partner.example.com" },
      { subjectAlternativeNames: { ...names, uri: ["partner.example.com"] } },
    ],
    [
      { tlsClientAuthSanDns: "partner.example.com" },
      { subjectDn: "CN=partner.example.com", subjectAlternativeNames: names },
    ],
    [
      { tlsClientAuthSanUri: "https://example.com/a" },
      { subjectAlternativeNames: { ...names, uri: ["https://example.com/A"] } },
    ],
    [
      { tlsClientAuthSanIp: "192.0.2.7" },
      { subjectAlternativeNames: { ...names, ip: ["192.0.2.70", "<invalid>"] } },
    ],
    [
      { tlsClientAuthSanEmail: "ops@example.com" },
      { subjectAlternativeNames: { ...names, email: ["Ops@example.com", "@"] } },
    ],
  ])("MTLS-01 AUTH-06 refuses, for %j, the certificate %j", async (registered, details) => {
    const { server, register, send } = await createCertificateSetting();
    await register(registered);

    const response = await send(makeCertificate(details));

    expect([response.status, response.json["error"]]).toEqual([401, "invalid_client"]);
    expect(server.events.at(-1)).toMatchObject({ why: "certificate_subject" });
  });

  it.each([
    [false, "certificate_untrusted"],
    [undefined, "certificate_untrusted"],
  ])("MTLS-01 refuses a certificate whose chain is verified: %s", async (isVerified, why) => {
    const { server, register, send } = await createCertificateSetting();
    await register(subjectDn);

    const response = await send(makeCertificate(), {
      peer: { isCertificateChainVerified: isVerified },
    });

    expect(response.status).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why, clientId: "partner" });
  });

  it("ignores certificates where the configuration does not say that it is told of them", async () => {
    const { server, register, send } = await createCertificateSetting({ mutualTls: undefined });
    await register(subjectDn);

    const response = await send(makeCertificate());

    expect(response.status).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why: "method_not_registered" });
  });
});

describe("client authentication by a registered certificate (self_signed_tls_client_auth)", () => {
  const method = { tokenEndpointAuthMethod: "self_signed_tls_client_auth" } as const;

  it("MTLS-01 accepts any of the registered certificates, whoever issued them", async () => {
    const { register, send } = await createCertificateSetting();
    const [first, second] = [makeCertificate(), makeCertificate({ subjectDn: "" })];
    await register({
      ...method,
      jwks: { keys: [...jwksWith(first).keys, ...jwksWith(second).keys, { kty: "RSA" }] },
    });

    const statuses = [first, second].map(async (certificate) => {
      const response = await send(certificate, { peer: { isCertificateChainVerified: false } });
      return response.status;
    });

    expect(await Promise.all(statuses)).toEqual([200, 200]);
  });

  it("MTLS-01 AUTH-06 refuses another certificate, though it says the same and is trusted", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({ ...method, jwks: jwksWith(makeCertificate()) });

    const response = await send(makeCertificate({ notAfter: 1_700_086_401 }));

    expect(response.status).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why: "certificate_not_registered" });
  });
});

describe.each([
  ["tls_client_auth", subjectDn],
  ["self_signed_tls_client_auth", { jwks: jwksWith(makeCertificate()) }],
] as const)("client authentication by certificate (%s)", (method, registered) => {
  const registration = { tokenEndpointAuthMethod: method, ...registered };

  it.each<[string, number, number, string?]>([
    ["2023-11-14 21:56:40", 1_699_999_000, 200],
    ["a second before that", 1_699_998_999, 401, "certificate_not_yet_valid"],
    ["its last second", 1_700_086_400.9, 200],
    ["the second after", 1_700_086_401, 401, "certificate_expired"],
  ])("MTLS-01 knows when a certificate is valid: %s", async (...row) => {
    const [, now, status, why] = row;
    const { server, register, send } = await createCertificateSetting();
    await register(registration);
    server.clock.advance(now - server.clock.now());

    const response = await send(makeCertificate());

    expect(response.status).toBe(status);
    expect(server.events.at(-1)).toMatchObject(why === undefined ? {} : { why });
  });

  it.each<[string, Uint8Array | undefined, string]>([
    ["no certificate", undefined, "certificate_missing"],
    ["bytes that are none", new Uint8Array([1, 2]), "certificate_unreadable"],
    ["a date that is none", makeCertificate({ notAfter: Number.NaN }), "certificate_expired"],
  ])("MTLS-01 AUTH-06 refuses %s with the same answer as a wrong secret", async (...row) => {
    const [, certificate, why] = row;
    const { server, register, send } = await createCertificateSetting();
    await register(registration);

    const response = await send(certificate);
    const wrongSecret = await send(undefined, {
      form: { grant_type: "client_credentials" },
      headers: [basic("basic", "wrong")],
    });

    expect([response.status, response.body]).toEqual([wrongSecret.status, wrongSecret.body]);
    expect(server.events.at(-2)).toMatchObject({ why, clientId: "partner" });
  });

  it("MTLS-01 needs client_id in the body", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register(registration);

    const response = await send(makeCertificate(), { form: { grant_type: "client_credentials" } });

    expect(response.status).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why: "credentials_missing" });
  });

  it("AUTH-11 refuses a secret for a client that is registered for certificates", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({ ...registration, secret: secrets.basic });

    const response = await send(makeCertificate(), {
      form: { grant_type: "client_credentials" },
      headers: [basic("partner", secrets.basic)],
    });

    expect(response.status).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why: "method_not_registered" });
  });

  it("AUTH-06 refuses a disabled client", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({ ...registration, enabled: false });

    await send(makeCertificate());

    expect(server.events.at(-1)).toMatchObject({ why: "client_disabled" });
  });

  it.each([paths.introspection, paths.revocation])("authenticates clients at %s", async (path) => {
    const { register, send } = await createCertificateSetting();
    await register(registration);

    const response = await send(makeCertificate(), {
      path,
      form: { client_id: "partner", token: "x" },
    });

    expect(response.status).toBe(200);
  });
});

describe("a certificate on the connection", () => {
  it("AUTH-03 AUTH-11 is no method beside a secret", async () => {
    const { send } = await createCertificateSetting();

    const response = await send(makeCertificate(), {
      form: { grant_type: "client_credentials", client_id: "basic" },
      headers: [basic("basic", secrets.basic)],
    });

    expect(response.status).toBe(200);
  });

  it.each(["basic", "public", "stranger"])(
    "AUTH-06 AUTH-11 proves nothing for the client %s",
    async (id) => {
      const { send } = await createCertificateSetting();

      const response = await send(makeCertificate({ subjectDn: "CN=nobody" }), {
        form: { client_id: id, token: "x" },
        path: paths.introspection,
      });

      expect([response.status, response.json["error"]]).toEqual([401, "invalid_client"]);
    },
  );

  it("AUTH-06 is read for strangers too, so that the time does not tell who is registered", async () => {
    const reads: string[] = [];
    const certificateReader: CertificateReader = {
      read: (der) => {
        reads.push("read");
        return jsonReader.read(der);
      },
    };
    const { send } = await createCertificateSetting({}, { certificateReader });

    await send(makeCertificate(), { form: { client_id: "stranger", token: "x" } });

    expect(reads).toEqual(["read"]);
  });
});
