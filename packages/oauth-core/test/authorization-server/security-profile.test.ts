import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import type {
  AuthorizationServerConfiguration,
  ClientRegistration,
} from "@credicorp/oauth-core/authorization-server";
import { registerClient } from "@credicorp/oauth-core/authorization-server";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

import { createTestKey } from "../support/node-ports.ts";
import { createAssertionSetting } from "./support/assertion-client.ts";
import {
  createCertificateSetting,
  makeCertificate,
  makeProof,
  thumbprint,
} from "./support/certificate-client.ts";
import { basic, createTestServer, paths, readToken, secrets } from "./support/test-server.ts";

const fapi2 = { profile: "fapi2", dpop: {} } as const;
const mutualTls = { verifiesChains: true };
const registered = { tlsClientAuthSubjectDn: "CN=partner,O=Example" };

describe("the profile fapi2", () => {
  it("AUTH-11 refuses clients with a secret, though they are registered", async () => {
    const server = await createTestServer(fapi2);

    const response = await server.post(paths.token, { grant_type: "client_credentials" });

    expect([response.status, response.json["error"]]).toEqual([401, "invalid_client"]);
    expect(server.events.at(-1)).toMatchObject({ why: "method_not_registered" });
  });

  it("JWT-06 refuses a token that would be bound to nothing", async () => {
    const { server, send, assert } = await createAssertionSetting(fapi2);

    const response = await send(assert());

    expect([response.status, response.json["error"]]).toEqual([400, "invalid_request"]);
    expect(server.events.at(-1)).toMatchObject({ why: "token_unbound", clientId: "signer" });
  });

  it("JWT-03 JWT-06 binds the token of a client of private_key_jwt to its DPoP key", async () => {
    const { server, send, assert } = await createAssertionSetting(fapi2);
    const { field, jkt } = await makeProof(server);

    const { json } = await send(assert(), { headers: [field] });

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt });
  });

  it("MTLS-02 binds the token of a client of mutual TLS to its certificate, without being told", async () => {
    const { server, register, send } = await createCertificateSetting({ ...fapi2, mutualTls });
    await register(registered);
    const certificate = makeCertificate();

    const { json } = await send(certificate);

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ "x5t#S256": thumbprint(certificate) });
  });

  it("prefers the DPoP key where a client of mutual TLS proves one", async () => {
    const { server, register, send } = await createCertificateSetting({ ...fapi2, mutualTls });
    await register(registered);
    const { field, jkt } = await makeProof(server);

    const { json } = await send(makeCertificate(), { headers: [field] });

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt });
  });

  it("signs no token with an algorithm that it does not allow, whatever a record says", async () => {
    const { server, register, send } = await createCertificateSetting({ ...fapi2, mutualTls });
    await register({ ...registered, accessTokenAlgorithm: "RS256" });

    const { json } = await send(makeCertificate());

    const { header } = await readToken(server, String(json["access_token"]));
    expect(header["alg"]).toBe("ES256");
  });

  it("INT-13 MD-13 signs no answer with an algorithm that it does not allow, and advertises none", async () => {
    const { server, register, send } = await createCertificateSetting({ ...fapi2, mutualTls });
    const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    const jwk = { ...privateKey.export({ format: "jwk" }), kid: "rsa", alg: "RS256" };
    await server.ports.keys.compareAndSet("rsa", 0, {
      kid: "rsa",
      algorithm: "RS256",
      jwk: jwk as unknown as PrivateJwk,
      announceAt: 0,
      signAt: 0,
    });
    await register({ ...registered, introspectionSignedResponseAlgorithm: "RS256" });

    const { json } = await server.request({ target: paths.metadata });
    const answer = await send(makeCertificate(), {
      path: paths.introspection,
      form: { token: "x", client_id: "partner" },
      headers: [["Accept", "application/token-introspection+jwt"]],
    });

    expect(json["introspection_signing_alg_values_supported"]).toEqual(["ES256"]);
    expect((await readToken(server, answer.body)).header["alg"]).toBe("ES256");
  });

  it("MD-13 advertises its methods only", async () => {
    const { server } = await createCertificateSetting({ ...fapi2, mutualTls });

    const { json } = await server.request({ target: paths.metadata });

    expect(json["token_endpoint_auth_methods_supported"]).toEqual([
      "private_key_jwt",
      "tls_client_auth",
      "self_signed_tls_client_auth",
    ]);
    expect(json["token_endpoint_auth_signing_alg_values_supported"]).not.toContain("RS256");
  });

  it.each<[Partial<AuthorizationServerConfiguration>, string]>([
    [{ clientAuthenticationMethods: ["client_secret_basic"] }, "clientAuthenticationMethods"],
    [{ clientAuthenticationMethods: [] }, "clientAuthenticationMethods"],
    [{ accessTokenAlgorithm: "RS256" }, "accessTokenAlgorithm"],
    [{ dpop: undefined }, "profile"],
    [{ profile: "fapi1" as "fapi2" }, "profile"],
  ])("refuses a configuration with %j", async (configuration, option) => {
    const server = createTestServer({ ...fapi2, ...configuration });

    await expect(server).rejects.toMatchObject({ kind: "config", option });
  });

  it.each<[string, Partial<ClientRegistration>, string]>([
    [
      "a secret",
      { tokenEndpointAuthMethod: "client_secret_basic", secret: secrets.basic },
      "tokenEndpointAuthMethod",
    ],
    ["nothing", { tokenEndpointAuthMethod: "none" }, "tokenEndpointAuthMethod"],
    [
      "a certificate where there are none",
      { ...registered, tokenEndpointAuthMethod: "tls_client_auth" },
      "tokenEndpointAuthMethod",
    ],
    ["a key and a secret", { secret: secrets.basic }, "secrets"],
    [
      "bound to certificates where there are none",
      { tlsClientCertificateBoundAccessTokens: true },
      "tlsClientCertificateBoundAccessTokens",
    ],
    ["tokens of RS256", { accessTokenAlgorithm: "RS256" }, "accessTokenAlgorithm"],
    [
      "answers of RS256",
      { introspectionSignedResponseAlgorithm: "RS256" },
      "introspectionSignedResponseAlgorithm",
    ],
  ])("refuses to register a client with %s, and says what to do", async (_name, ...row) => {
    const [registration, member] = row;
    const { policy, ports } = await createTestServer(fapi2);

    const record = registerClient(
      {
        id: "partner",
        tokenEndpointAuthMethod: "private_key_jwt",
        jwks: { keys: [createTestKey("key", "ES256").jwk] },
        ...registration,
      },
      ports,
      { policy },
    );

    await expect(record).rejects.toMatchObject({ option: `clients["partner"].${member}` });
  });

  it("registers what it allows", async () => {
    const { policy, ports } = await createTestServer(fapi2);
    const jwks = { keys: [createTestKey("key", "ES256").jwk] };

    const record = await registerClient(
      { id: "p", tokenEndpointAuthMethod: "private_key_jwt", jwks, accessTokenAlgorithm: "PS256" },
      ports,
      { policy },
    );

    expect(record.accessTokenAlgorithm).toBe("PS256");
  });

  it("leaves servers without it as they are", async () => {
    const server = await createTestServer({ mutualTls: undefined });

    const response = await server.post(
      paths.token,
      { grant_type: "client_credentials" },
      { headers: [basic("basic", secrets.basic)] },
    );

    expect(response.json["token_type"]).toBe("Bearer");
  });
});
