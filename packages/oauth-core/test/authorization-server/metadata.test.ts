import { describe, expect, it } from "vitest";

import { metadataUrl, parseServerMetadata } from "@credicorp/oauth-core/protocol";

import { createTestServer, issuer, paths, readToken, secrets } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };

describe("metadata", () => {
  it("MD-01 MD-02 MD-03 MD-04 is at the well-known path, with an issuer that is the token's", async () => {
    const server = await createTestServer();

    const response = await server.request({ target: new URL(metadataUrl(issuer)).pathname });
    const { claims } = await readToken(server, await server.issueToken());

    expect([response.status, response.header("content-type")]).toEqual([200, "application/json"]);
    expect(parseServerMetadata(response.body, issuer)).toMatchObject({
      ok: true,
      value: {
        tokenEndpoint: issuer + paths.token,
        introspectionEndpoint: issuer + paths.introspection,
        revocationEndpoint: issuer + paths.revocation,
        jwksUri: issuer + paths.jwks,
      },
    });
    expect(claims["iss"]).toBe(response.json["issuer"]);
  });

  it("MD-01 is served at the path-inserted place too when the issuer has a path", async () => {
    const withPath = "https://hub.example.com/tenant";
    const server = await createTestServer({ issuer: withPath });

    const target = "/.well-known/oauth-authorization-server/tenant";

    expect((await server.request({ target })).json["issuer"]).toBe(withPath);
    expect((await server.request({ target: paths.metadata })).status).toBe(200);
    expect((await (await createTestServer()).request({ target })).status).toBe(404);
  });

  it.each([
    "not a url",
    "ftp://hub.example.com",
    "https://hub.example.com/",
    "https://hub.example.com/a/",
    "https://HUB.example.com",
    "https://hub.example.com:443",
    "https://hub.example.com?x=1",
    "https://hub.example.com#x",
    "https://user@hub.example.com",
  ])("MD-03 refuses the issuer %s", async (wrong) => {
    await expect(createTestServer({ issuer: wrong })).rejects.toMatchObject({ option: "issuer" });
  });

  it("MD-05 MD-06 MD-07 MD-08 MD-09 MD-10 MD-11 claims what the server does, without empty lists", async () => {
    const server = await createTestServer();

    const { json } = await server.request({ target: paths.metadata });

    const methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    const algorithms = ["PS256", "ES256", "Ed25519", "EdDSA"];
    expect(json).toEqual({
      issuer,
      token_endpoint: issuer + paths.token,
      jwks_uri: issuer + paths.jwks,
      introspection_endpoint: issuer + paths.introspection,
      revocation_endpoint: issuer + paths.revocation,
      scopes_supported: ["applications:write", "decisions:read"],
      grant_types_supported: ["client_credentials"],
      token_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_signing_alg_values_supported: ["ES256"],
    });
  });

  it("MD-05 MD-12 emits response types and documentation where they are configured", async () => {
    const serviceDocumentation = "https://docs.example.com";
    const server = await createTestServer({
      responseTypesSupported: ["none"],
      serviceDocumentation,
    });

    expect((await server.request({ target: paths.metadata })).json).toMatchObject({
      response_types_supported: ["none"],
      service_documentation: serviceDocumentation,
    });
  });

  it.each(["client_secret_basic", "client_secret_post"] as const)(
    "MD-13 MD-08 advertises %s alone when it is alone accepted, at all three endpoints",
    async (only) => {
      const server = await createTestServer({ clientAuthenticationMethods: [only] });
      const { json } = await server.request({ target: paths.metadata });

      for (const [name, path] of [
        ["token", paths.token],
        ["introspection", paths.introspection],
        ["revocation", paths.revocation],
      ] as const) {
        const asBasic = await server.post(path, { ...grantType, token: "x" });
        const asPost = await server.post(
          path,
          { ...grantType, token: "x", client_id: "post", client_secret: secrets.post },
          { headers: [] },
        );
        const accepted = [
          ...(asBasic.status === 200 ? ["client_secret_basic"] : []),
          ...(asPost.status === 200 ? ["client_secret_post"] : []),
        ];
        expect(accepted).toEqual([only]);
        expect(json[`${name}_endpoint_auth_methods_supported`]).toEqual(accepted);
      }
      expect(Object.keys(json).filter((name) => name.includes("auth_signing_alg"))).toEqual([]);
    },
  );

  it("MD-13 advertises scopes, grants and endpoints that work, and no others", async () => {
    const server = await createTestServer();
    const { json } = await server.request({ target: paths.metadata });

    for (const scope of json["scopes_supported"] as string[]) {
      expect((await server.post(paths.token, { ...grantType, scope })).status).toBe(200);
    }
    for (const grant_type of json["grant_types_supported"] as string[]) {
      expect((await server.post(paths.token, { grant_type })).status).toBe(200);
    }
    const endpoints = Object.entries(json).filter(([name]) => name.endsWith("_endpoint"));
    for (const [, url] of endpoints) {
      const { pathname } = new URL(String(url));
      expect((await server.post(pathname, { ...grantType, token: "x" })).status).toBe(200);
    }
  });
});

it("MD-01 is not configured with an endpoint where the metadata is", async () => {
  const configuration = { paths: { jwks: "/.well-known/oauth-authorization-server" } };

  await expect(createTestServer(configuration)).rejects.toMatchObject({
    kind: "config",
    option: "paths",
  });
});
