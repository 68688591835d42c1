import { createVerifier, openApiSecurity } from "@credicorp/oauth-verifier";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";

const required = { issuer: "https://hub.example", audience: "https://api.example" };
const tokenUrl = "https://hub.example/partner/v1/oauth/token";
const verifier = createVerifier({ ...required, scopes: ["applications:write", "decisions:read"] });

interface TestBindings {
  readonly dpop?: true;
  readonly certificates?: true;
  readonly required?: true;
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

  it.each([
    ["no binding", {}, ["oauth2", "bearer"], [["bearer"]]],
    ["DPoP", { dpop: true }, ["oauth2", "bearer", "dpop"], [["bearer"], ["dpop"]]],
    ["DPoP alone", { dpop: true, required: true }, ["oauth2", "dpop"], [["dpop"]]],
    [
      "certificates",
      { certificates: true },
      ["oauth2", "bearer", "mutualTls"],
      [["bearer"], ["bearer", "mutualTls"]],
    ],
    [
      "certificates alone",
      { certificates: true, required: true },
      ["oauth2", "bearer", "mutualTls"],
      [["bearer", "mutualTls"]],
    ],
    [
      "either",
      { certificates: true, dpop: true, required: true },
      ["oauth2", "bearer", "dpop", "mutualTls"],
      [["dpop"], ["bearer", "mutualTls"]],
    ],
  ] as const)("RMD-02 offers what is accepted, with %s", async (_name, bindings, names, ways) => {
    const { dpop, certificates, required: requireBoundTokens }: TestBindings = bindings;
    const bound = createVerifier({
      ...required,
      requireBoundTokens,
      dpop: dpop && { origin: "https://api.example" },
      resource: { identifier: required.audience, clientCertificates: certificates },
    });
    const { securitySchemes, security } = openApiSecurity(bound, { tokenUrl });
    const [first, ...others] = security("a:b");

    expect(Object.keys(securitySchemes)).toEqual(names);
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
