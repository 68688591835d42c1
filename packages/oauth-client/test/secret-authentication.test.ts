import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { metadataOf } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";

it("CLI-22 form-encodes any Unicode secret before base64", async () => {
  await using setup = await setUp({ clientId: "a:b", clientSecret: "ü%+ :é日" });

  await setup.client.getToken();

  const [, credentials = ""] = setup.server.tokenRequests()[0]?.authorization?.split(" ") ?? [];
  const text = Buffer.from(credentials, "base64").toString();
  expect(text).toBe("a%3Ab:%C3%BC%25%2B+%3A%C3%A9%E6%97%A5");
});

it("CLI-22 sends Basic credentials raw when told to", async () => {
  await using setup = await setUp({ clientSecret: "ü%+ :é", basicEncoding: "raw" });

  await setup.client.getToken();

  const [, credentials = ""] = setup.server.tokenRequests()[0]?.authorization?.split(" ") ?? [];
  expect(Buffer.from(credentials, "base64").toString()).toBe("partner:ü%+ :é");
});

it("CLI-22 hints at the encoding only when it changes the credential", async () => {
  const refusal = { status: 401, body: { error: "invalid_client" } };
  await using odd = await setUp({ clientSecret: "one+two" });
  await using plain = await setUp({ clientSecret: "one-two" });
  odd.server.script.token = () => refusal;
  plain.server.script.token = () => refusal;

  expect(await rejectionOf(odd.client.getToken())).toMatchObject({
    hint: expect.stringContaining('"raw"'),
  });
  expect(await rejectionOf(plain.client.getToken())).toMatchObject({
    hint: expect.not.stringContaining('"raw"'),
  });
});

it("CLI-25 chooses the method from the metadata, before a secret is sent", async () => {
  await using setup = await setUp();
  const { server, client } = setup;
  server.script.metadata = () => ({
    body: {
      ...metadataOf(server.url),
      token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_post"],
    },
  });

  await client.getToken();

  const [request] = server.tokenRequests();
  expect(request?.authorization).toBeUndefined();
  expect(Object.fromEntries(request?.form ?? [])).toEqual({
    grant_type: "client_credentials",
    client_id: "partner",
    client_secret: "planted-secret",
  });
});

it("CLI-25 does not try another method after invalid_client", async () => {
  await using setup = await setUp();
  setup.server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

  await rejectionOf(setup.client.getToken());

  expect(setup.server.tokenRequests()).toHaveLength(1);
});
