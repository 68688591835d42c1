import type { ServerMetadata } from "@credicorp/oauth-core/protocol";
import {
  formatServerMetadata,
  metadataUrl,
  parseServerMetadata,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText } from "../support/wire-texts.ts";

const issuer = "https://hub.example";
const document = { issuer, token_endpoint: `${issuer}/partner/v1/oauth/token` };
const parse = (members: object, asked = issuer): ServerMetadata | string => {
  const result = parseServerMetadata(JSON.stringify(members), asked);
  return result.ok ? result.value : result.failure.code;
};

// RFC 8414 section 3.2
const example = {
  issuer: "https://server.example.com",
  authorization_endpoint: "https://server.example.com/authorize",
  token_endpoint: "https://server.example.com/token",
  token_endpoint_auth_methods_supported: ["client_secret_basic", "private_key_jwt"],
  token_endpoint_auth_signing_alg_values_supported: ["RS256", "ES256"],
  userinfo_endpoint: "https://server.example.com/userinfo",
  jwks_uri: "https://server.example.com/jwks.json",
  registration_endpoint: "https://server.example.com/register",
  scopes_supported: ["openid", "profile", "email", "address", "phone", "offline_access"],
  response_types_supported: ["code", "code token"],
  service_documentation: "http://server.example.com/service_documentation.html",
  ui_locales_supported: ["en-US", "en-GB", "en-CA", "fr-FR", "fr-CA"],
};

describe("server metadata", () => {
  it("reads back every document it wrote", () => {
    const url = fc.webUrl({ validSchemes: ["https"] });
    const list = fc.array(anyText, { minLength: 1, maxLength: 4 });
    const anyMetadata = fc.record(
      {
        issuer: url,
        tokenEndpoint: url,
        tlsClientCertificateBoundAccessTokens: fc.boolean(),
        mtlsEndpointAliases: fc.record({ tokenEndpoint: url, revocationEndpoint: url }),
        jwksUri: url,
        introspectionEndpoint: url,
        revocationEndpoint: url,
        scopesSupported: list,
        responseTypesSupported: list,
        grantTypesSupported: list,
        tokenEndpointAuthMethodsSupported: list,
        tokenEndpointAuthSigningAlgValuesSupported: list,
        introspectionEndpointAuthMethodsSupported: list,
        introspectionSigningAlgValuesSupported: list,
        revocationEndpointAuthMethodsSupported: list,
        dpopSigningAlgValuesSupported: list,
        serviceDocumentation: url,
      },
      { requiredKeys: ["issuer", "tokenEndpoint"] },
    );
    fc.assert(
      fc.property(anyMetadata, (metadata) => {
        const result = parseServerMetadata(formatServerMetadata(metadata), metadata.issuer);

        expect(result).toEqual({ ok: true, value: metadata });
      }),
    );
  });

  it("reads the example of RFC 8414 section 3.2", () => {
    expect(parse(example, "https://server.example.com")).toEqual({
      issuer: "https://server.example.com",
      tokenEndpoint: "https://server.example.com/token",
      jwksUri: "https://server.example.com/jwks.json",
      tokenEndpointAuthMethodsSupported: ["client_secret_basic", "private_key_jwt"],
      tokenEndpointAuthSigningAlgValuesSupported: ["RS256", "ES256"],
      scopesSupported: ["openid", "profile", "email", "address", "phone", "offline_access"],
      responseTypesSupported: ["code", "code token"],
      serviceDocumentation: "http://server.example.com/service_documentation.html",
    });
  });

  it.each([
    ["a bare origin", "https://hub.example", ""],
    ["a bare origin with a slash", "https://hub.example/", ""],
    ["a port", "http://localhost:8080", ""],
    ["the path of RFC 8414 section 3.1", "https://hub.example/issuer1", "/issuer1"],
    ["a path with a slash at its end", "https://hub.example/a/b/", "/a/b"],
  ])("MD-01 %s: %s has its document beneath the well-known path", (_name, asked, path) => {
    const { origin } = new URL(asked);

    expect(metadataUrl(asked)).toBe(`${origin}/.well-known/oauth-authorization-server${path}`);
  });

  it.each([
    "https://evil.example",
    "https://hub.example/",
    "https://HUB.example",
    "https://hub.example:443",
    "https://hub.example/a",
    "https://hub.exampl",
    "http://hub.example",
    " https://hub.example",
    "",
    null,
    [issuer],
    undefined,
  ])("MD-03 CLI-34 refuses a document that names the issuer %j", (named) => {
    expect(parse({ ...document, issuer: named })).toBe("metadata_issuer_mismatch");
  });

  it("MD-03 keeps the issuer byte by byte", () => {
    const odd = "https://HUB.example:443/";

    expect(parse({ ...document, issuer: odd }, odd)).toMatchObject({ issuer: odd });
  });

  it.each(["token_endpoint", "jwks_uri", "introspection_endpoint", "revocation_endpoint"])(
    "CLI-34 refuses a document whose %s is not secure",
    (name) => {
      expect(parse({ ...document, [name]: "http://hub.example/x" })).toBe("metadata_insecure");
      expect(parse({ ...document, [name]: "/x" })).toBe("metadata_insecure");
      expect(parse({ ...document, [name]: "https://a:b@hub.example" })).toBe("metadata_insecure");
    },
  );

  it.each(["token_endpoint", "jwks_uri", "introspection_endpoint", "revocation_endpoint"])(
    "CLI-34 takes a %s on http and loopback from an issuer that is there too, and from no other",
    (name) => {
      for (const url of ["http://localhost/x", "http://127.0.0.1:8080/x", "http://[::1]/x"]) {
        const local = { ...document, [name]: url };
        const asked = "http://localhost:9400";

        expect(parse(local)).toBe("metadata_insecure");
        expect(parse({ ...local, issuer: asked }, asked)).toMatchObject({ issuer: asked });
      }
      const asked = "http://hub.example";
      const remote = { ...document, issuer: asked, [name]: "http://localhost/x" };
      expect(parse(remote, asked)).toBe("metadata_insecure");
    },
  );

  it.each([
    ["no token endpoint", { issuer }],
    ["an endpoint that is no text", { ...document, jwks_uri: 1 }],
    ["an endpoint that is null", { ...document, jwks_uri: null }],
    ["an empty endpoint", { ...document, token_endpoint: "" }],
    ["a list that is a text", { ...document, scopes_supported: "a b" }],
    ["a list with a number", { ...document, grant_types_supported: ["a", 1] }],
    ["a flag that is a text", { ...document, tls_client_certificate_bound_access_tokens: "yes" }],
    ["aliases that are a list", { ...document, mtls_endpoint_aliases: [] }],
    ["an alias that is a number", { ...document, mtls_endpoint_aliases: { token_endpoint: 1 } }],
    [
      "an endpoint in the prototype",
      JSON.parse(`{"issuer":"${issuer}","__proto__":{"token_endpoint":"x"}}`) as object,
    ],
  ])("refuses %s", (_name, members) => {
    expect(parse(members)).toBe("metadata_member_invalid");
  });

  it.each(["", "<html></html>", "[]", '"x"'])("refuses %j", (body) => {
    expect(parseServerMetadata(body, issuer)).toMatchObject({
      failure: { code: "metadata_not_json" },
    });
  });

  it("MD-11 reads where clients with certificates are to go", () => {
    const aliases = { token_endpoint: "https://mtls.example/token", device_endpoint: 1 };

    expect(parse({ ...document, mtls_endpoint_aliases: aliases })).toMatchObject({
      mtlsEndpointAliases: { tokenEndpoint: "https://mtls.example/token" },
    });
  });

  it.each(["http://mtls.example/x", "/x"])("CLI-34 refuses the insecure alias %s", (url) => {
    const aliases = { token_endpoint: url };

    expect(parse({ ...document, mtls_endpoint_aliases: aliases })).toBe("metadata_insecure");
  });

  it("MD-10 leaves out empty lists and absent members", () => {
    const body = formatServerMetadata({
      issuer,
      tokenEndpoint: document.token_endpoint,
      scopesSupported: [],
      responseTypesSupported: [],
      dpopSigningAlgValuesSupported: undefined,
    });

    expect(JSON.parse(body)).toEqual(document);
  });
});
