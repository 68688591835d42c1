import type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
import {
  formatResourceMetadata,
  parseResourceMetadata,
  resourceMetadataUrl,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText } from "../support/wire-texts.ts";

const resource = "https://api.example/partner/v1";
const document = { resource, authorization_servers: ["https://hub.example"] };
const parse = (members: object, asked = resource): ResourceMetadata | string => {
  const result = parseResourceMetadata(JSON.stringify(members), asked);
  return result.ok ? result.value : result.failure.code;
};

// RFC 9728 section 3.2
const example = {
  resource: "https://resource.example.com",
  authorization_servers: ["https://as1.example.com", "https://as2.example.net"],
  bearer_methods_supported: ["header", "body"],
  scopes_supported: ["profile", "email", "phone"],
  resource_documentation: "https://resource.example.com/resource_documentation.html",
};

describe("resource metadata", () => {
  it("reads back every document it wrote", () => {
    const url = fc.webUrl({ validSchemes: ["https"] });
    const list = fc.array(anyText, { minLength: 1, maxLength: 4 });
    const text = fc.string({ unit: "binary", minLength: 1 });
    const anyMetadata = fc.record(
      {
        resource: url,
        authorizationServers: fc.array(url, { minLength: 1, maxLength: 3 }),
        jwksUri: url,
        scopesSupported: list,
        bearerMethodsSupported: fc.subarray(["header", "body", "query"]),
        resourceSigningAlgValuesSupported: list,
        resourceName: text,
        resourceDocumentation: text,
        resourcePolicyUri: text,
        resourceTosUri: text,
        tlsClientCertificateBoundAccessTokens: fc.boolean(),
        authorizationDetailsTypesSupported: list,
        dpopSigningAlgValuesSupported: list,
        dpopBoundAccessTokensRequired: fc.boolean(),
      },
      { requiredKeys: ["resource"] },
    );
    fc.assert(
      fc.property(anyMetadata, (metadata) => {
        const result = parseResourceMetadata(formatResourceMetadata(metadata), metadata.resource);

        expect(result).toEqual({ ok: true, value: metadata });
      }),
    );
  });

  it("reads the example of RFC 9728 section 3.2", () => {
    expect(parse(example, "https://resource.example.com")).toEqual({
      resource: "https://resource.example.com",
      authorizationServers: ["https://as1.example.com", "https://as2.example.net"],
      bearerMethodsSupported: ["header", "body"],
      scopesSupported: ["profile", "email", "phone"],
      resourceDocumentation: "https://resource.example.com/resource_documentation.html",
    });
  });

  it.each([
    ["a bare origin", "https://api.example", ""],
    ["a bare origin with a slash", "https://api.example/", ""],
    ["a port", "http://localhost:8080", ""],
    ["the path of RFC 9728 section 3.1", "https://api.example/resource1", "/resource1"],
    ["a query", "https://api.example?tenant=1", "?tenant=1"],
    ["a slash before the query", "https://api.example/?tenant=1", "?tenant=1"],
    ["a path and a query", "https://api.example/a?tenant=1", "/a?tenant=1"],
    ["a path with a slash at its end", "https://api.example/a/b/", "/a/b/"],
  ])("RMD-01 %s: %s has its document beneath the well-known path", (_name, asked, rest) => {
    const { origin } = new URL(asked);

    expect(resourceMetadataUrl(asked)).toBe(
      `${origin}/.well-known/oauth-protected-resource${rest}`,
    );
  });

  it.each([
    "https://evil.example",
    `${resource}/`,
    "https://API.example/partner/v1",
    "https://api.example:443/partner/v1",
    "http://api.example/partner/v1",
    "",
    null,
    [resource],
    undefined,
  ])("RMD-02 refuses a document of the resource %j", (named) => {
    expect(parse({ ...document, resource: named })).toBe("metadata_resource_mismatch");
  });

  it("RMD-02 keeps the resource byte by byte", () => {
    const odd = "https://API.example:443/";

    expect(parse({ resource: odd }, odd)).toEqual({ resource: odd });
  });

  it.each(["http://hub.example", "/x", "https://a:b@hub.example", "http://localhost:9400"])(
    "refuses an authorization server or keys at %s",
    (url) => {
      expect(parse({ ...document, authorization_servers: ["https://hub.example", url] })).toBe(
        "metadata_insecure",
      );
      expect(parse({ ...document, jwks_uri: url })).toBe("metadata_insecure");
    },
  );

  it("takes what is on http and loopback from a resource that is there too", () => {
    const asked = "http://127.0.0.1:9401/v1";
    const local = { resource: asked, authorization_servers: ["http://127.0.0.1:9400"] };

    expect(parse(local, asked)).toMatchObject({ authorizationServers: ["http://127.0.0.1:9400"] });
  });

  it.each([
    ["a list that is a text", { scopes_supported: "a b" }],
    ["a list with a number", { authorization_servers: ["https://hub.example", 1] }],
    ["keys that are null", { jwks_uri: null }],
    ["a name that is a number", { resource_name: 1 }],
    ["an empty name", { resource_name: "" }],
    ["a flag that is a text", { dpop_bound_access_tokens_required: "true" }],
  ])("refuses %s", (_name, members) => {
    expect(parse({ ...document, ...members })).toBe("metadata_member_invalid");
  });

  it("takes nothing from the prototype", () => {
    const body = `{"resource":"${resource}","__proto__":{"jwks_uri":"x"}}`;

    expect(parseResourceMetadata(body, resource)).toEqual({ ok: true, value: { resource } });
  });

  it.each(["", "<html></html>", "[]", '"x"'])("refuses %j", (body) => {
    expect(parseResourceMetadata(body, resource)).toMatchObject({
      failure: { code: "metadata_not_json" },
    });
  });

  it("leaves out empty lists and absent members, but says when no bearer token is taken", () => {
    const body = formatResourceMetadata({
      resource,
      scopesSupported: [],
      authorizationServers: undefined,
      bearerMethodsSupported: [],
    });

    expect(JSON.parse(body)).toEqual({ resource, bearer_methods_supported: [] });
  });
});
