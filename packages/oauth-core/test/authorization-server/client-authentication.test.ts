import { describe, expect, it } from "vitest";

import { makeClientSecret } from "@credicorp/oauth-core/authorization-server";
import { formatBasicCredentials } from "@credicorp/oauth-core/protocol";

import { bytes, digest } from "../support/node-ports.ts";
import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const inBody = { client_id: "post", client_secret: secrets.post };
const endpoints = [paths.token, paths.introspection, paths.revocation];

describe("client authentication", () => {
  it.each(endpoints)(
    "AUTH-01 accepts HTTP Basic and the body, each for its client, at %s",
    async (path) => {
      const server = await createTestServer();
      const form = { ...grantType, token: "x" };

      expect((await server.post(path, form)).status).toBe(200);
      expect((await server.post(path, { ...form, ...inBody }, { headers: [] })).status).toBe(200);
    },
  );

  it("AUTH-02 form-decodes id and secret after base64", async () => {
    const server = await createTestServer();
    const clientSecret = "a+b c%2B:d=é".replace("é", "e").padEnd(40, "XyZ0123456789");
    await server.register({
      id: "100%/x+y",
      secret: clientSecret,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });
    const value = formatBasicCredentials({ clientId: "100%/x+y", clientSecret });

    const encoded = await server.post(paths.token, grantType, {
      headers: [["Authorization", value]],
    });
    const raw = await server.post(paths.token, grantType, {
      headers: [basic("100%/x+y", clientSecret)],
    });

    expect(encoded.status).toBe(200);
    expect(raw.status).toBe(401);
  });

  it("AUTH-02 splits at the first colon", async () => {
    const server = await createTestServer();
    const secret = "a:b:c:0123456789:ABCDEFGHIJ:xyz";
    await server.register({
      id: "colons",
      secret,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });

    const response = await server.post(paths.token, grantType, {
      headers: [basic("colons", secret)],
    });

    expect(response.status).toBe(200);
  });

  it.each([
    { name: "Basic and a secret in the body", form: { client_secret: secrets.basic } },
    { name: "Basic and an assertion", form: { client_assertion: "a.b.c" } },
    {
      name: "a secret and an assertion",
      form: { ...inBody, client_assertion_type: "x" },
      headers: [],
    },
    {
      name: "two Authorization fields",
      form: {},
      headers: [basic("basic", secrets.basic), basic("basic", secrets.basic)],
    },
  ])("AUTH-03 refuses $name: invalid_request", async ({ form, headers }) => {
    const server = await createTestServer();
    const fields = { ...grantType, ...form } as Record<string, string>;

    const response = await server.post(
      paths.token,
      fields,
      headers === undefined ? {} : { headers },
    );

    expect(response).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  });

  it("AUTH-04 lets the body repeat the client_id of Basic, and refuses another one", async () => {
    const server = await createTestServer();

    const same = await server.post(paths.token, { ...grantType, client_id: "basic" });

    expect(same.status).toBe(200);
    for (const other of ["post", "other", "Basic", "basic "]) {
      const different = await server.post(paths.token, { ...grantType, client_id: other });
      expect(different).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    }
  });

  it.each(["bAsIc", "BASIC"])("AUTH-08 compares the scheme without case: %s", async (scheme) => {
    const server = await createTestServer();
    const [name, value] = basic("basic", secrets.basic);

    const headers = [[name, value.replace("Basic", scheme)]] as const;

    expect((await server.post(paths.token, grantType, { headers })).status).toBe(200);
  });

  it.each([
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic YQ",
    "Basic " + Buffer.from("no colon").toString("base64"),
    "Basic " + Buffer.from("a\u0000b:c").toString("base64"),
    "Basic " + Buffer.from("a:b\nc").toString("base64"),
    "Basic " + Buffer.from([0xff, 0x3a, 0xff]).toString("base64"),
    "Basic " + Buffer.from("%zz:%zz").toString("base64"),
    "",
    "\u00e9",
  ])("AUTH-08 refuses the malformed field %j with 401", async (value) => {
    const server = await createTestServer();

    const response = await server.post(paths.token, grantType, {
      headers: [["Authorization", value]],
    });

    expect(response).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  it.each(["Bearer abc", "Negotiate abc", "Digest username=x", "DPoP abc"])(
    "AUTH-09 refuses the scheme of %j with 401 and what is supported",
    async (value) => {
      const server = await createTestServer();

      const response = await server.post(paths.token, grantType, {
        headers: [["Authorization", value]],
      });

      expect(response.status).toBe(401);
      expect(response.header("www-authenticate")).toMatch(/^Basic /);
    },
  );

  it("AUTH-11 enforces the registered method and what the server supports", async () => {
    const server = await createTestServer({ clientAuthenticationMethods: ["client_secret_basic"] });

    const asBasic = await server.post(paths.token, grantType, {
      headers: [basic("post", secrets.post)],
    });
    const asPost = await server.post(paths.token, { ...grantType, ...inBody }, { headers: [] });

    expect([asBasic.status, asPost.status]).toEqual([401, 401]);
  });

  it("accepts a secret that it made itself", async () => {
    const server = await createTestServer();
    const secret = await makeClientSecret("sandbox", {
      bytes,
      digest,
      random: server.ports.random,
    });
    await server.register({
      id: "made",
      secret,
      tokenEndpointAuthMethod: "client_secret_post",
      scope: ["decisions:read"],
    });
    const form = { ...grantType, client_id: "made", client_secret: secret };

    expect((await server.post(paths.token, form, { headers: [] })).status).toBe(200);
  });
});
