import { describe, expect, it } from "vitest";

import {
  createCertificateSetting,
  jwksWith,
  makeCertificate,
  makeProof,
  thumbprint,
} from "./support/certificate-client.ts";
import { audience, basic, paths, readToken, secrets } from "./support/test-server.ts";

const certificate = makeCertificate();
const bound = { tlsClientCertificateBoundAccessTokens: true };
const asPartner = {
  form: { grant_type: "client_credentials" },
  headers: [basic("partner", secrets.post)],
};

describe("a token that is bound to a certificate", () => {
  it.each([
    ["tls_client_auth", { tlsClientAuthSubjectDn: "CN=partner,O=Example" }, {}],
    ["self_signed_tls_client_auth", { jwks: jwksWith(certificate) }, {}],
    ["client_secret_basic", { secret: secrets.post }, asPartner],
  ] as const)("MTLS-02 names its thumbprint, with %s", async (method, registered, options) => {
    const { server, register, send } = await createCertificateSetting();
    await register({ ...bound, tokenEndpointAuthMethod: method, ...registered });

    const { status, json } = await send(certificate, options);

    expect([status, json["token_type"]]).toEqual([200, "Bearer"]);
    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ "x5t#S256": thumbprint(certificate) });
    expect(server.events).toContainEqual(
      expect.objectContaining({
        type: "token_issued",
        certificateThumbprint: thumbprint(certificate),
      }),
    );
  });

  it("MTLS-02 is introspected with its thumbprint", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({ ...bound, tlsClientAuthSubjectDn: "CN=partner,O=Example" });
    const { json } = await send(certificate);

    const form = { token: String(json["access_token"]) };
    const introspected = await server.post(paths.introspection, form, {
      headers: [basic("api", secrets.api)],
    });

    expect(introspected.json).toMatchObject({
      active: true,
      token_type: "Bearer",
      aud: audience,
      cnf: { "x5t#S256": thumbprint(certificate) },
    });
  });

  it("MTLS-02 is bound to the certificate of the request, not of the client's last one", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({ ...bound, tlsClientAuthSubjectDn: "CN=partner,O=Example" });
    const renewed = makeCertificate({ notAfter: 1_700_100_000 });
    await send(certificate);

    const { json } = await send(renewed);

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ "x5t#S256": thumbprint(renewed) });
  });

  it("MTLS-02 is refused to a client that connects without a certificate", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({
      ...bound,
      tokenEndpointAuthMethod: "client_secret_basic",
      secret: secrets.post,
    });

    const { status, json } = await send(undefined, asPartner);

    expect([status, json["error"]]).toEqual([400, "invalid_request"]);
    expect(json["error_description"]).toBe(
      "The tokens of this client are bound to its certificate: connect with a certificate",
    );
    expect(server.events.at(-1)).toMatchObject({ why: "certificate_missing", clientId: "partner" });
  });

  it("MTLS-02 is refused where the server is not told of certificates, instead of issued unbound", async () => {
    const { server, register, send } = await createCertificateSetting({ mutualTls: undefined });
    await register({
      ...bound,
      tokenEndpointAuthMethod: "client_secret_basic",
      secret: secrets.post,
    });

    const { status } = await send(certificate, asPartner);

    expect(status).toBe(400);
    expect(server.events.at(-1)).toMatchObject({ why: "certificate_missing" });
  });

  it("is a bearer token for a client that did not ask for more", async () => {
    const { server, register, send } = await createCertificateSetting();
    await register({ tlsClientAuthSubjectDn: "CN=partner,O=Example" });

    const { json } = await send(certificate);

    expect((await readToken(server, String(json["access_token"]))).claims["cnf"]).toBeUndefined();
  });
});

describe("a DPoP proof on a connection with a certificate", () => {
  it("DPOP-04 binds the token of a client that authenticates by certificate", async () => {
    const { server, register, send } = await createCertificateSetting({ dpop: {} });
    await register({ tlsClientAuthSubjectDn: "CN=partner,O=Example" });
    const { field, jkt } = await makeProof(server);

    const { json } = await send(certificate, { headers: [field] });

    expect(json["token_type"]).toBe("DPoP");
    const { claims } = await readToken(server, String(json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt });
  });

  it("is refused for a client whose tokens are bound to its certificate: a token is bound to one key", async () => {
    const { server, register, send } = await createCertificateSetting({ dpop: {} });
    await register({ ...bound, tlsClientAuthSubjectDn: "CN=partner,O=Example" });
    const { field } = await makeProof(server);

    const { status, json } = await send(certificate, { headers: [field] });

    expect([status, json["error"]]).toEqual([400, "invalid_dpop_proof"]);
    expect(server.events.at(-1)).toMatchObject({ why: "dpop_beside_certificate" });
  });
});
