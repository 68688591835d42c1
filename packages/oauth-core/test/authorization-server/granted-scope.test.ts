import { describe, expect, it } from "vitest";

import type { AuthorizationServerConfiguration } from "@credicorp/oauth-core/authorization-server";

import type { Form, TestServer } from "./support/test-server.ts";
import {
  audience,
  basic,
  createTestServer,
  paths,
  readToken,
  secrets,
} from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const lending = "https://lending.example.com/api";
const twoResources: Partial<AuthorizationServerConfiguration> = {
  resources: [
    { identifier: audience, scopes: ["applications:write", "decisions:read"] },
    {
      identifier: lending,
      scopes: ["decisions:read", "loans:read"],
      accessTokenLifetimeSeconds: 60,
    },
  ],
};

async function setUpTwoResources(): Promise<TestServer> {
  const server = await createTestServer(twoResources);
  await server.register({
    id: "basic",
    secret: secrets.basic,
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["applications:write", "decisions:read", "loans:read"],
  });
  return server;
}

describe("granted scope and audience", () => {
  it("AT-06 TOK-15 mints no token for nobody: a default scope that no resource defines is invalid_scope", async () => {
    const server = await createTestServer({
      resources: [{ identifier: audience, scopes: ["decisions:read"] }],
    });
    await server.register({
      id: "basic",
      secret: secrets.basic,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["reports:read"],
    });

    const { status, json } = await server.post(paths.token, grantType);

    expect([status, json]).toEqual([400, expect.objectContaining({ error: "invalid_scope" })]);
  });

  it.each([
    { name: "asked for, all", scope: "decisions:read applications:write" },
    { name: "asked for, some", scope: "decisions:read" },
    { name: "the default", scope: undefined },
  ])("TOK-03 always says which scope is granted: $name", async ({ scope }) => {
    const server = await createTestServer();

    const { json } = await server.post(paths.token, { ...grantType, ...(scope && { scope }) });

    expect(json["scope"]).toBe(scope ?? "applications:write decisions:read");
  });

  it("TOK-12 TOK-23 lets resource repeat", async () => {
    const server = await setUpTwoResources();
    const form: Form = [
      ["grant_type", "client_credentials"],
      ["resource", audience],
      ["resource", lending],
      ["scope", "decisions:read"],
    ];

    const { json } = await server.post(paths.token, form);
    const { claims } = await readToken(server, String(json["access_token"]));

    expect(claims["aud"]).toEqual([audience, lending]);
    expect(json["expires_in"]).toBe(60);
  });

  it.each([
    " ",
    "a  b",
    " decisions:read",
    "decisions:read ",
    'a"b',
    "a\\b",
    "a\tb",
    "é",
    "a,\u007f",
  ])("TOK-13 refuses the malformed scope %j: invalid_scope", async (scope) => {
    const server = await createTestServer();

    expect(await server.post(paths.token, { ...grantType, scope })).toMatchObject({
      status: 400,
      json: { error: "invalid_scope" },
    });
  });

  it("TOK-13 takes scope in any order and collapses duplicates", async () => {
    const server = await createTestServer();
    const scope = "decisions:read applications:write decisions:read";

    const { json } = await server.post(paths.token, { ...grantType, scope });

    expect(json["scope"]).toBe("decisions:read applications:write");
  });

  it.each([
    "unknown",
    "Decisions:read",
    "decisions:read unknown",
    "decisions",
    "__proto__",
    "toString",
  ])("TOK-13 TOK-14 grants nothing for the scope %s: invalid_scope", async (scope) => {
    const server = await createTestServer();

    expect(await server.post(paths.token, { ...grantType, scope })).toMatchObject({
      status: 400,
      json: { error: "invalid_scope" },
    });
  });

  it("TOK-14 refuses a scope that only other clients may have, as it refuses an unknown one", async () => {
    const server = await setUpTwoResources();
    const headers = [basic("other", secrets.other)];

    const foreign = await server.post(
      paths.token,
      { ...grantType, scope: "loans:read" },
      { headers },
    );
    const unknown = await server.post(paths.token, { ...grantType, scope: "nothing" }, { headers });

    expect(foreign.json["error"]).toBe("invalid_scope");
    expect(foreign.body).toBe(unknown.body);
  });

  it("TOK-14 refuses the whole when one scope of several is not the client's", async () => {
    const server = await createTestServer();
    await server.register({
      id: "basic",
      secret: secrets.basic,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });

    const response = await server.post(paths.token, {
      ...grantType,
      scope: "decisions:read applications:write",
    });

    expect(response).toMatchObject({ status: 400, json: { error: "invalid_scope" } });
    expect(server.events.at(-1)).toMatchObject({ why: "scope_not_allowed" });
  });

  it("TOK-15 grants the client's default when scope is omitted, and refuses when it has none", async () => {
    const server = await createTestServer();
    const client = {
      id: "basic",
      secret: secrets.basic,
      tokenEndpointAuthMethod: "client_secret_basic",
    } as const;

    await server.register({
      ...client,
      scope: ["applications:write", "decisions:read"],
      defaultScope: ["decisions:read"],
    });
    const defaulted = await server.post(paths.token, grantType);
    await server.register({ ...client, scope: [] });
    const refused = await server.post(paths.token, grantType);

    expect(defaulted.json["scope"]).toBe("decisions:read");
    expect(refused).toMatchObject({ status: 400, json: { error: "invalid_scope" } });
  });

  it.each([
    { resource: "relative/path", name: "a relative reference" },
    { resource: `${audience}#part`, name: "a fragment" },
    { resource: "https://unknown.example.com", name: "an unknown resource" },
    { resource: `${audience}/`, name: "another spelling" },
  ])("TOK-23 refuses $name: invalid_target", async ({ resource }) => {
    const server = await createTestServer();

    expect(await server.post(paths.token, { ...grantType, resource })).toMatchObject({
      status: 400,
      json: { error: "invalid_target" },
    });
  });

  it.each<[AuthorizationServerConfiguration["resources"], string]>([
    [[], "resources"],
    [[{ identifier: "relative/path", scopes: [] }], "resources[0].identifier"],
    [[{ identifier: `${audience}#part`, scopes: [] }], "resources[0].identifier"],
    [[{ identifier: `${audience} b`, scopes: [] }], "resources[0].identifier"],
    [[{ identifier: audience, scopes: ["a", "b c"] }], "resources[0].scopes[1]"],
    [
      [{ identifier: audience, scopes: [], accessTokenLifetimeSeconds: 3601 }],
      "resources[0].accessTokenLifetimeSeconds",
    ],
    [
      [
        { identifier: audience, scopes: ["a"] },
        { identifier: audience, scopes: ["b"] },
      ],
      "resources[1].identifier",
    ],
  ])("TOK-23 is not configured with the resources %j", async (resources, option) => {
    await expect(createTestServer({ resources })).rejects.toMatchObject({ kind: "config", option });
  });

  it.each([
    { name: "the client's, where it is shorter", ofClient: 30, resource: lending, seconds: 30 },
    { name: "the resource's, where it is shorter", ofClient: 600, resource: lending, seconds: 60 },
    { name: "the client's, where the resource has none", ofClient: 1200, seconds: 1200 },
    { name: "the server's, where neither has one", seconds: 900 },
  ])("AT-08 a token lives for $name", async ({ ofClient, resource, seconds }) => {
    const server = await createTestServer(twoResources);
    await server.register({
      id: "basic",
      secret: secrets.basic,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
      accessTokenLifetimeSeconds: ofClient,
    });

    const { json } = await server.post(paths.token, {
      ...grantType,
      ...(resource && { resource }),
    });

    expect(json["expires_in"]).toBe(seconds);
  });

  it("TOK-23 makes the resource the audience, with its scopes and lifetime", async () => {
    const server = await setUpTwoResources();

    const { json } = await server.post(paths.token, { ...grantType, resource: lending });
    const { claims } = await readToken(server, String(json["access_token"]));

    expect(claims["aud"]).toBe(lending);
    expect(json).toMatchObject({ scope: "decisions:read loans:read", expires_in: 60 });
  });

  it("AT-06 infers the audience from the scope, and refuses scopes of two resources", async () => {
    const server = await setUpTwoResources();

    const inferred = await server.post(paths.token, { ...grantType, scope: "loans:read" });
    const mixed = await server.post(paths.token, {
      ...grantType,
      scope: "applications:write loans:read",
    });
    const { claims } = await readToken(server, String(inferred.json["access_token"]));

    expect(claims["aud"]).toBe(lending);
    expect(mixed).toMatchObject({ status: 400, json: { error: "invalid_scope" } });
  });

  it("AT-06 means one resource alone by a scope that several define", async () => {
    const server = await setUpTwoResources();

    const token = await server.issueToken({ scope: "decisions:read" });

    expect((await readToken(server, token)).claims["aud"]).toBe(audience);
  });

  it("AT-06 makes the resource that defines the default scope the audience, not simply the first", async () => {
    const server = await setUpTwoResources();
    await server.register({
      id: "basic",
      secret: secrets.basic,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["loans:read"],
    });

    const { json } = await server.post(paths.token, grantType);
    const { claims } = await readToken(server, String(json["access_token"]));

    expect([claims["aud"], claims["scope"], json["expires_in"]]).toEqual([
      lending,
      "loans:read",
      60,
    ]);
  });

  it("AT-05 AT-06 refuses a scope that means nothing to one of the resources asked for", async () => {
    const server = await setUpTwoResources();
    const form: Form = [
      ["grant_type", "client_credentials"],
      ["resource", audience],
      ["resource", lending],
      ["scope", "loans:read"],
    ];

    expect((await server.post(paths.token, form)).json["error"]).toBe("invalid_scope");
  });
});
