import { X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { connect } from "node:net";

import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { createAuthority, createSelfSigned } from "./support/certificates.ts";
import { basic } from "./support/requests.ts";
import { apiClient, claimsOf, createTlsSetting, scope, sendForm } from "./support/tls-sandbox.ts";

const subject = { tlsClientAuthSubjectDn: "CN=partner,O=Example" };

describe("a sandbox over TLS", () => {
  it("HTTP-01 has an issuer on https, and answers without a certificate of the client", async () => {
    const { sandbox, url, send } = await createTlsSetting();

    const answer = await send({
      form: { token: "x" },
      path: "/partner/v1/oauth/introspect",
      headers: { authorization: basic({ id: "api", secret: apiClient.secret ?? "" }) },
    });

    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(sandbox.issuer).toBe(url);
    expect(answer).toMatchObject({ status: 200, json: { active: false } });
  });

  it("MTLS-01 MTLS-02 authenticates a client by its subject, and binds its token", async () => {
    const { authority, register, send } = await createTlsSetting();
    await register({ ...subject, tlsClientCertificateBoundAccessTokens: true });
    const certificate = await authority.issue();

    const answer = await send({ certificate });
    const introspected = await send({
      form: { token: String(answer.json["access_token"]) },
      path: "/partner/v1/oauth/introspect",
      headers: { authorization: basic({ id: "api", secret: apiClient.secret ?? "" }) },
    });

    expect(answer.status).toBe(200);
    const cnf = { "x5t#S256": thumbprintOf(certificate.cert) };
    expect(claimsOf(answer)["cnf"]).toEqual(cnf);
    expect(introspected.json).toMatchObject({ active: true, token_type: "Bearer", cnf });
  });

  it.each([
    [{ tlsClientAuthSanDns: "partner.example" }, { type: "dns", value: "partner.example" }],
    [{ tlsClientAuthSanUri: "spiffe://a/b" }, { type: "url", value: "spiffe://a/b" }],
    [{ tlsClientAuthSanIp: "2001:db8::7" }, { type: "ip", value: "2001:db8::7" }],
    [{ tlsClientAuthSanEmail: "a@b.example" }, { type: "email", value: "a@b.example" }],
  ] as const)("MTLS-01 authenticates a client by %j", async (registered, name) => {
    const { authority, register, send } = await createTlsSetting();
    await register(registered);

    const { status } = await send({ certificate: await authority.issue({ names: [name] }) });

    expect(status).toBe(200);
  });

  it("MTLS-01 AUTH-06 refuses every other certificate with one answer", async () => {
    const { authority, refusals, register, send } = await createTlsSetting();
    await register(subject);
    const stranger = await createAuthority("CN=Partners' authority");
    const cases = [
      ["certificate_missing", undefined],
      ["certificate_subject", await authority.issue({ subject: "O=Example, CN=other" })],
      [
        "certificate_subject",
        await authority.issue({ subject: "O=Example, CN=partner\\,O=Example" }),
      ],
      ["certificate_untrusted", await stranger.issue()],
      ["certificate_untrusted", await createSelfSigned()],
      ["certificate_expired", await authority.issue({ notBefore: -120, notAfter: -60 })],
      ["certificate_not_yet_valid", await authority.issue({ notBefore: 60 })],
    ] as const;

    const answers = [];
    for (const [, certificate] of cases) answers.push(await send({ certificate }));

    expect(refusals).toEqual(cases.map(([why]) => why));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  it("MTLS-01 authenticates a client by a certificate of its own making, and by no other", async () => {
    const { authority, refusals, register, send } = await createTlsSetting();
    const own = await createSelfSigned();
    await register({
      tokenEndpointAuthMethod: "self_signed_tls_client_auth",
      jwks: { keys: [{ kty: "EC", x5c: [own.der.toString("base64")] }] },
    });

    const accepted = await send({ certificate: own });
    const others = [
      await send({ certificate: await createSelfSigned() }),
      await send({ certificate: await authority.issue() }),
      await send(),
    ];

    expect(accepted.status).toBe(200);
    expect(others.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(refusals).toEqual([
      "certificate_not_registered",
      "certificate_not_registered",
      "certificate_missing",
    ]);
  });

  it("MTLS-01 refuses a registered certificate that is over, by the sandbox's clock", async () => {
    let now = Date.now() / 1000;
    const clock = { now: () => now, monotonicMs: () => now * 1000 };
    const { refusals, register, send } = await createTlsSetting(() => ({ clock }));
    const own = await createSelfSigned({ notAfter: 60 });
    await register({
      tokenEndpointAuthMethod: "self_signed_tls_client_auth",
      jwks: { keys: [{ kty: "EC", x5c: [own.der.toString("base64")] }] },
    });

    now += 62;
    const { status } = await send({ certificate: own });

    expect(status).toBe(401);
    expect(refusals).toEqual(["certificate_expired"]);
  });

  it("MTLS-01 knows the certificate of a client whose TLS session is resumed", async () => {
    const { url, server, authority, register } = await createTlsSetting();
    await register(subject);
    const { cert, key } = await authority.issue();
    // Remembers sessions, and keeps no connection.
    const agent = new Agent({ ca: server.cert, cert, key, keepAlive: false });

    const answers = [];
    for (let count = 0; count < 3; count += 1) {
      answers.push(await sendForm(url, { authority: server.cert, agent }));
    }

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.at(-1)?.isResumed).toBe(true);
  });

  it("AUTH-11 does not take the certificate of one client for another", async () => {
    const { authority, refusals, register, send } = await createTlsSetting();
    await register(subject);
    await register({ id: "second", tlsClientAuthSubjectDn: "CN=second,O=Example" });
    const certificate = await authority.issue();

    const { status } = await send({
      certificate,
      form: { grant_type: "client_credentials", client_id: "second" },
    });

    expect(status).toBe(401);
    expect(refusals).toEqual(["certificate_subject"]);
  });

  it("MD-11 offers tls_client_auth only with authorities for it", async () => {
    const withAuthorities = await createTlsSetting();
    const without = await createTlsSetting(() => ({ tls: withAuthorities.server }));
    const plain = await createSandbox();

    const documents = [withAuthorities.sandbox, without.sandbox, plain].map(async (sandbox) => {
      const response = await sandbox.fetch("/.well-known/oauth-authorization-server");
      const metadata = (await response.json()) as Record<string, unknown>;
      const methods = metadata["token_endpoint_auth_methods_supported"] as string[];
      return {
        methods: methods.filter((method) => method.includes("tls")),
        bound: metadata["tls_client_certificate_bound_access_tokens"],
      };
    });

    expect(await Promise.all(documents)).toEqual([
      { methods: ["tls_client_auth", "self_signed_tls_client_auth"], bound: true },
      { methods: ["self_signed_tls_client_auth"], bound: true },
      { methods: [], bound: undefined },
    ]);
  });

  it("refuses a client that it could not serve, and says what to do", async () => {
    const sandbox = await createSandbox();

    const client = sandbox.clients.create({
      id: "partner",
      tokenEndpointAuthMethod: "tls_client_auth",
      ...subject,
    });

    await expect(client).rejects.toThrow(/tls_client_auth needs mutualTls to be configured/);
  });

  it.each([
    ["tls.cert", { cert: "x", key: "y" }],
    ["tls.clientCertificateAuthorities[0]", { clientCertificateAuthorities: ["x"] }],
  ])("refuses a bad %s, without repeating it", async (option, change) => {
    const tls = { ...(await createSelfSigned()), ...change };

    await expect(createSandbox({ tls })).rejects.toMatchObject({ kind: "config", option });
  });

  it("refuses a certificate with another's key", async () => {
    const [one, other] = [await createSelfSigned(), await createSelfSigned()];

    const sandbox = createSandbox({ tls: { cert: one.cert, key: other.key } });

    await expect(sandbox).rejects.toMatchObject({ option: "tls.cert" });
  });

  it("HTTP-01 SAFE-02 may listen everywhere, when that is allowed in so many words", async () => {
    const { cert, key } = await createSelfSigned();
    await using local = await createSandbox({ tls: { cert, key } });
    await using sandbox = await createSandbox({ tls: { cert, key }, allowNetwork: true });

    await expect(local.listen({ host: "0.0.0.0" })).rejects.toMatchObject({ option: "host" });

    expect((await sandbox.listen({ host: "0.0.0.0" })).url).toMatch(/^https:\/\/localhost:\d+$/);
  });

  it("closes although a connection never shakes hands", async () => {
    const { sandbox, url } = await createTlsSetting();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const closed = new Promise<string>((resolve) => {
      socket.on("close", () => resolve("closed"));
    });
    await new Promise((resolve) => {
      socket.on("connect", resolve);
    });

    await sandbox.close();

    expect(await closed).toBe("closed");
  });

  it("holds its clients to fapi2: keys or certificates, and bound tokens", async () => {
    const { authority, register, send, sandbox } = await createTlsSetting(() => ({
      profile: "fapi2",
      clients: [],
      resources: [{ identifier: "https://api.example", scopes: scope }],
    }));
    await register(subject);
    const certificate = await authority.issue();

    const { json } = await send({ certificate });
    const secret = sandbox.clients.create({ ...apiClient, id: "secret" });

    expect(claimsOf({ json })["cnf"]).toEqual({
      "x5t#S256": thumbprintOf(certificate.cert),
    });
    await expect(secret).rejects.toThrow(/client_secret_basic is not allowed by the profile fapi2/);
  });

  it("comes with those of its clients that fapi2 allows", async () => {
    const sandbox = await createSandbox({ profile: "fapi2" });

    expect(sandbox.clients.list().map(({ id }) => id)).toEqual(["partner-private-key-jwt"]);
  });
});

function thumbprintOf(pem: string): string {
  const { fingerprint256 } = new X509Certificate(pem);
  return Buffer.from(fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}
