import type { OAuthClientOptions } from "@credicorp/oauth-client";
import {
  clientOptionsFromEnv,
  ConfigurationError,
  createOAuthClient,
} from "@credicorp/oauth-client";
import { expect, it } from "vitest";

const good: OAuthClientOptions = {
  baseUrl: "https://hub.example",
  clientId: "partner",
  clientSecret: "planted-secret",
};

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

it("reads options from the environment", () => {
  const options = clientOptionsFromEnv({
    CREDICORP_BASE_URL: "https://hub.example",
    CREDICORP_CLIENT_ID: "partner",
    CREDICORP_CLIENT_SECRET: "planted-secret",
    CREDICORP_SCOPE: "applications:write  decisions:read ",
  });

  expect(options).toEqual({ ...good, scope: ["applications:write", "decisions:read"] });
});

it("drops white space around the URL and the id, and takes any between scope tokens", () => {
  const options = clientOptionsFromEnv({
    CREDICORP_BASE_URL: " https://hub.example\n",
    CREDICORP_CLIENT_ID: "partner ",
    CREDICORP_CLIENT_SECRET: "planted-secret",
    CREDICORP_SCOPE: "\tapplications:write\tdecisions:read\n",
  });

  expect(options).toEqual({ ...good, scope: ["applications:write", "decisions:read"] });
});

it.each([
  ["CREDICORP_BASE_URL", "http://hub.example", "Plain http"],
  ["CREDICORP_BASE_URL", "https://hub.example/partner", "Use https://hub.example"],
  ["CREDICORP_CLIENT_SECRET", "planted-secret\n", "reading a file"],
  ["CREDICORP_SCOPE", 'applications:write "decisions"', "Put spaces between"],
])("names the variable %s when it is wrong", (variable, value, hint) => {
  const env = {
    CREDICORP_BASE_URL: "https://hub.example",
    CREDICORP_CLIENT_ID: "partner",
    CREDICORP_CLIENT_SECRET: "planted-secret",
    [variable]: value,
  };

  const error = caught(() => clientOptionsFromEnv(env));

  expect(error).toMatchObject({
    kind: "config",
    option: variable,
    message: expect.stringContaining(variable),
    hint: expect.stringContaining(hint),
  });
  expect(String(error)).not.toContain("planted-secret");
});

it.each([
  [{ baseUrl: undefined }, "The option baseUrl is missing"],
  [{ clientSecret: undefined }, "The option clientSecret is missing"],
  [{ clientSecret: 5 }, "The option clientSecret is not a text"],
])("says of %j what is wrong", (change, message) => {
  const options = { ...good, ...change } as unknown as OAuthClientOptions;

  expect(caught(() => createOAuthClient(options))).toMatchObject({ kind: "config", message });
});

it("leaves the scope out when the environment has none", () => {
  const options = clientOptionsFromEnv({
    CREDICORP_BASE_URL: "https://hub.example",
    CREDICORP_CLIENT_ID: "partner",
    CREDICORP_CLIENT_SECRET: "planted-secret",
  });

  expect(options).toEqual(good);
});

it("names every missing variable at once", () => {
  const error = caught(() =>
    clientOptionsFromEnv({ CREDICORP_CLIENT_ID: "partner", CREDICORP_BASE_URL: " " }),
  );

  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error).toMatchObject({
    code: "ERR_OAUTH_CONFIG",
    message: "Missing environment variables: CREDICORP_BASE_URL, CREDICORP_CLIENT_SECRET",
  });
});

it.each<[string, Partial<OAuthClientOptions>, string]>([
  ["no URL", { baseUrl: "hub.example" }, "baseUrl"],
  ["plain http elsewhere", { baseUrl: "http://hub.example" }, "baseUrl"],
  ["a path in the base URL", { baseUrl: "https://hub.example/partner/v1" }, "baseUrl"],
  ["a user in the base URL", { baseUrl: "https://me:pw@hub.example" }, "baseUrl"],
  ["an issuer that is no URL", { issuer: "hub.example/ns/a" }, "issuer"],
  ["an issuer on plain http elsewhere", { issuer: "http://hub.example/ns/a" }, "issuer"],
  ["an issuer with a query", { issuer: "https://hub.example/ns/a?b" }, "issuer"],
  ["an issuer with a user", { issuer: "https://me:pw@hub.example/ns/a" }, "issuer"],
  ["no client id", { clientId: "" }, "clientId"],
  ["no secret", { clientSecret: "" }, "clientSecret"],
  ["a line break in the secret", { clientSecret: "secret\n" }, "clientSecret"],
  ["scope in one string", { scope: ["applications:write decisions:read"] }, "scope"],
  ["an insecure further origin", { allowedOrigins: ["http://api.example"] }, "allowedOrigins"],
  ["a time-out of nothing", { requestTimeoutMs: 0 }, "requestTimeoutMs"],
  ["a wait of not-a-number", { maxWaitMs: NaN }, "maxWaitMs"],
  [
    "metadata of another issuer",
    { metadata: { issuer: "https://other.example", tokenEndpoint: "https://hub.example/token" } },
    "metadata",
  ],
])("refuses %s before anything is sent", (_name, change, option) => {
  const options = { ...good, ...change } as OAuthClientOptions;

  expect(caught(() => createOAuthClient(options))).toMatchObject({
    kind: "config",
    option,
  });
});

it("accepts a trailing slash, and plain http on this machine", async () => {
  await createOAuthClient({ ...good, baseUrl: "https://hub.example/" }).close();
  await createOAuthClient({ ...good, baseUrl: "http://127.0.0.1:9000" }).close();
  await createOAuthClient({ ...good, baseUrl: "http://[::1]:9000" }).close();

  expect(() => createOAuthClient({ ...good, baseUrl: "http://localhost:9000" })).not.toThrow();
});

const tokenEndpoint = `${good.baseUrl}/token`;

it.each([
  { change: { clientID: "partner" }, option: "clientID", near: "clientId" },
  {
    change: { token_endpoint_auth_method: "raw" },
    option: "token_endpoint_auth_method",
    near: "tokenEndpointAuthMethod",
  },
  { change: { maxWaitM: 1 }, option: "maxWaitM", near: "maxWaitMs" },
  { change: { bsaeUrl: 1 }, option: "bsaeUrl", near: "baseUrl" },
  { change: { scopes: undefined }, option: "scopes", near: "scope" },
  { change: { ports: { clocks: {} } }, option: "ports.clocks", near: "ports.clock" },
  { change: { telemetry: { metre: {} } }, option: "telemetry.metre", near: "telemetry.meter" },
  {
    change: { metadata: { issuer: good.baseUrl, tokenEndpoint, jwks_uri: tokenEndpoint } },
    option: "metadata.jwks_uri",
    near: "metadata.jwksUri",
  },
  {
    change: {
      metadata: {
        issuer: good.baseUrl,
        tokenEndpoint,
        mtlsEndpointAliases: { tokenEndpoint, tokenEndpoints: tokenEndpoint },
      },
    },
    option: "metadata.mtlsEndpointAliases.tokenEndpoints",
    near: "metadata.mtlsEndpointAliases.tokenEndpoint",
  },
])("refuses the unknown option $option, and names the nearest", ({ change, option, near }) => {
  const options = { ...good, ...change } as OAuthClientOptions;

  expect(caught(() => createOAuthClient(options))).toMatchObject({
    kind: "config",
    option,
    message: `There is no option ${option}`,
    hint: `Did you mean ${near}?`,
  });
});

it("refuses an option that resembles none, and one of a view, too", async () => {
  const far = caught(() => createOAuthClient({ ...good, colour: "red" } as OAuthClientOptions));
  expect(far).toMatchObject({ kind: "config", option: "colour", hint: undefined });

  await using client = createOAuthClient(good);
  const misspelt = { maxwaitMs: 1 } as object;
  const views = [client, client.with({ scope: ["decisions:read"] })];
  for (const view of views) {
    expect(caught(() => view.with(misspelt))).toMatchObject({ option: "maxwaitMs" });
  }
});

it("takes metadata with members that are undefined or empty", () => {
  const metadata = {
    issuer: good.baseUrl,
    tokenEndpoint: `${good.baseUrl}/token`,
    jwksUri: undefined,
    scopesSupported: [],
  };

  expect(() => createOAuthClient({ ...good, metadata })).not.toThrow();
});
