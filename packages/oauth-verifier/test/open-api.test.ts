import { createVerifier, openApiSecurity } from "@credicorp/oauth-verifier";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";

const required = { issuer: "https://hub.example", audience: "https://api.example" };
const tokenUrl = "https://hub.example/partner/v1/oauth/token";
const verifier = createVerifier({ ...required, scopes: ["applications:write", "decisions:read"] });

interface BindingCase {
  readonly name: string;
  readonly dpop?: true;
  readonly certificates?: true;
  readonly isRequired?: true;
  readonly schemes: readonly string[];

  /** The schemes of each alternative beside `oauth2`. */
  readonly ways: readonly (readonly string[])[];
}

/** A document with one operation. */
function createDocument({
  securitySchemes,
  security,
}: Record<"securitySchemes" | "security", unknown>) {
  return {
    openapi: "3.1.0",
    info: { title: "Partner API", version: "1" },
    components: { securitySchemes },
    paths: {
      "/decisions": { get: { security, responses: { 200: { description: "The decisions" } } } },
    },
  };
}

describe("openApiSecurity", () => {
  it("describes the resource's scopes for a document that fits the schema of OpenAPI 3.1", async () => {
    const { securitySchemes, security } = openApiSecurity(verifier, {
      tokenUrl,
      scopeDescriptions: { "decisions:read": "Read decisions" },
    });
    const document = createDocument({ securitySchemes, security: security("decisions:read") });

    expect(document.components.securitySchemes).toEqual({
      oauth2: {
        type: "oauth2",
        flows: {
          clientCredentials: {
            tokenUrl,
            scopes: { "applications:write": "", "decisions:read": "Read decisions" },
          },
        },
      },
      bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    });
    expect(document.paths["/decisions"].get.security).toEqual([
      { oauth2: ["decisions:read"] },
      { bearer: ["decisions:read"] },
    ]);
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it.each<BindingCase>([
    { name: "no binding", schemes: ["oauth2", "bearer"], ways: [["bearer"]] },
    {
      name: "DPoP",
      dpop: true,
      schemes: ["oauth2", "bearer", "dpop"],
      ways: [["bearer"], ["dpop"]],
    },
    {
      name: "DPoP alone",
      dpop: true,
      isRequired: true,
      schemes: ["oauth2", "dpop"],
      ways: [["dpop"]],
    },
    {
      name: "certificates",
      certificates: true,
      schemes: ["oauth2", "bearer", "mutualTls"],
      ways: [["bearer"], ["bearer", "mutualTls"]],
    },
    {
      name: "certificates alone",
      certificates: true,
      isRequired: true,
      schemes: ["oauth2", "bearer", "mutualTls"],
      ways: [["bearer", "mutualTls"]],
    },
    {
      name: "either",
      certificates: true,
      dpop: true,
      isRequired: true,
      schemes: ["oauth2", "bearer", "dpop", "mutualTls"],
      ways: [["dpop"], ["bearer", "mutualTls"]],
    },
  ])("RMD-02 offers what is accepted, with $name", async (bindings) => {
    const { dpop, certificates, isRequired: requireBoundTokens, schemes, ways } = bindings;
    const bound = createVerifier({
      ...required,
      requireBoundTokens,
      dpop: dpop && { origin: "https://api.example" },
      resource: { identifier: required.audience, clientCertificates: certificates },
    });
    const { securitySchemes, security } = openApiSecurity(bound, { tokenUrl });
    const [first, ...others] = security("a:b");

    expect(Object.keys(securitySchemes)).toEqual(schemes);
    expect(first).toEqual({ oauth2: ["a:b"] });
    expect(others.map((way) => Object.keys(way))).toEqual(ways);
    const document = createDocument({ securitySchemes, security: security("a:b") });
    expect(await new Validator().validate(document)).toEqual({ valid: true });
  });

  it("is checked by a validator that knows what is wrong", async () => {
    const { bearer } = openApiSecurity(verifier, { tokenUrl }).securitySchemes;
    const securitySchemes = { bearer: { ...bearer, type: "oauth2" } };
    const result = await new Validator().validate(
      createDocument({ securitySchemes, security: [] }),
    );

    expect(result.valid).toBe(false);
  });

  it("asks for a good token alone where a route does", () => {
    const { security } = openApiSecurity(verifier, { tokenUrl });

    expect(security()).toEqual([{ oauth2: [] }, { bearer: [] }]);
  });

  it("names the scopes that are described where the resource's are not configured", () => {
    const { securitySchemes } = openApiSecurity(createVerifier(required), {
      tokenUrl,
      scopeDescriptions: { a: "A" },
    });

    expect(securitySchemes.oauth2.flows.clientCredentials.scopes).toEqual({ a: "A" });
  });

  it("RMD-04 describes no scope that the resource does not have", () => {
    const unknown = "decisons:read" as "decisions:read";
    const { security } = openApiSecurity(verifier, { tokenUrl });

    expect(() => security(unknown)).toThrow(expect.objectContaining({ option: "scope" }));
    expect(() =>
      openApiSecurity(verifier, { tokenUrl, scopeDescriptions: { [unknown]: "" } }),
    ).toThrow(expect.objectContaining({ option: "scope" }));
  });

  it.each(["http://hub.example/token", "/token", "", undefined])(
    "refuses the token URL %o",
    (url) => {
      expect(() => openApiSecurity(verifier, { tokenUrl: url as string })).toThrow(
        expect.objectContaining({ code: "ERR_OAUTH_CONFIG", option: "tokenUrl" }),
      );
    },
  );
});
