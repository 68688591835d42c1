import type { AuthorizationServerConfiguration } from "@credicorp/oauth-core/authorization-server";
import { describe, expect, it } from "vitest";

import {
  createCertificateSetting,
  jwksWith,
  makeCertificate,
  makeProof,
} from "./support/certificate-client.ts";
import { basic, paths, readToken, secrets } from "./support/test-server.ts";

const certificate = makeCertificate();
const origin = "https://mtls.example.com";

describe("the metadata of a server with mutual TLS", () => {
  it.each<[string, Partial<AuthorizationServerConfiguration>]>([
    ["nothing", { mutualTls: undefined }],
    ["certificates that nobody verified", { mutualTls: { verifiesChains: false } }],
    ["certificates of authorities", { mutualTls: { verifiesChains: true } }],
    [
      "certificates at another origin, one method only",
      {
        mutualTls: { verifiesChains: true, endpointOrigin: origin },
        clientAuthenticationMethods: ["client_secret_basic", "tls_client_auth"],
      },
    ],
    ["the fapi2 profile", { mutualTls: { verifiesChains: true }, profile: "fapi2" }],
  ])("MD-11 MD-13 says exactly what is accepted, with %s", async (_name, configuration) => {
    const setting = await createCertificateSetting(configuration);
    const { server, register, send } = setting;
    const { json } = await server.request({ target: paths.metadata });

    const accepted: string[] = [];
    await register({ tlsClientAuthSubjectDn: "CN=partner,O=Example" });
    if (!(await isRefused(send(certificate)))) accepted.push("tls_client_auth");
    await register({
      tokenEndpointAuthMethod: "self_signed_tls_client_auth",
      jwks: jwksWith(certificate),
    });
    if (!(await isRefused(send(certificate)))) accepted.push("self_signed_tls_client_auth");
    const form = { grant_type: "client_credentials" };
    const headers = [basic("basic", secrets.basic)];
    if (!(await isRefused(send(undefined, { form, headers })))) {
      accepted.push("client_secret_basic");
    }
    const bound = await send(certificate, { form, headers });

    const advertised = json["token_endpoint_auth_methods_supported"] as string[];
    const probed = ["client_secret_basic", "tls_client_auth", "self_signed_tls_client_auth"];
    expect(new Set(accepted)).toEqual(new Set(advertised.filter((name) => probed.includes(name))));
    expect(json["revocation_endpoint_auth_methods_supported"]).toEqual(advertised);
    expect(json["introspection_endpoint_auth_methods_supported"]).toEqual(advertised);
    expect(bound.status).toBe(advertised.includes("client_secret_basic") ? 200 : 401);
  });

  it.each([
    [undefined, undefined],
    [{ verifiesChains: false }, true],
  ])("MD-11 MTLS-02 promises bound tokens where they are given: %j", async (mutualTls, promise) => {
    const { server, register, send } = await createCertificateSetting({ mutualTls });
    await register({
      tokenEndpointAuthMethod: "client_secret_basic",
      secret: secrets.post,
      tlsClientCertificateBoundAccessTokens: true,
    });

    const { json } = await server.request({ target: paths.metadata });
    const { status } = await send(certificate, {
      form: { grant_type: "client_credentials" },
      headers: [basic("partner", secrets.post)],
    });

    expect(json["tls_client_certificate_bound_access_tokens"]).toBe(promise);
    expect(status).toBe(promise === true ? 200 : 400);
  });

  it("MD-11 names other endpoints for certificates only when there are some", async () => {
    const { server } = await createCertificateSetting();
    const { json } = await server.request({ target: paths.metadata });

    expect(json["mtls_endpoint_aliases"]).toBeUndefined();
  });

  it("MD-11 names the endpoints for certificates, and takes DPoP proofs for them", async () => {
    const mutualTls = { verifiesChains: true, endpointOrigin: origin };
    const { server, register, send } = await createCertificateSetting({ mutualTls, dpop: {} });
    await register({ tlsClientAuthSubjectDn: "CN=partner,O=Example" });
    const { field, jkt } = await makeProof(server, origin);

    const { json } = await server.request({ target: paths.metadata });
    const token = await send(certificate, { headers: [field] });

    expect(json["mtls_endpoint_aliases"]).toEqual({
      token_endpoint: origin + paths.token,
      introspection_endpoint: origin + paths.introspection,
      revocation_endpoint: origin + paths.revocation,
    });
    const { claims } = await readToken(server, String(token.json["access_token"]));
    expect(claims["cnf"]).toEqual({ jkt });
  });
});

async function isRefused(answer: Promise<{ readonly status: number }>): Promise<boolean> {
  return (await answer).status === 401;
}
