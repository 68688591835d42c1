import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { metadataOf } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts, patienceMs } from "./support/controlled-ports.ts";

it.each(["bearer", "BEARER", "Bearer"])(
  "CLI-20 sends a token_type of %s back as Bearer",
  async (type) => {
    await using setup = await setUp();
    setup.server.tokenMembers["token_type"] = type;

    await setup.client.fetch("/partner/v1/applications");

    expect(setup.server.apiCalls()[0]?.authorization).toBe("Bearer access-token-1");
  },
);

it.each([
  ["mac", "token_type_unknown"],
  [undefined, "token_type_missing"],
  ["DPoP", "token_type_unexpected"],
])("CLI-20 refuses a token_type of %s", async (type, failure) => {
  await using setup = await setUp();
  setup.server.tokenMembers["token_type"] = type;

  expect(await rejectionOf(setup.client.getToken())).toMatchObject({ kind: "protocol", failure });
});

it.each([
  [
    "an HTML page",
    { body: "<html>sign in</html>" },
    { kind: "protocol", failure: "token_response_not_json" },
  ],
  ["nothing", { body: "" }, { kind: "protocol", failure: "token_response_not_json" }],
  [
    "a form",
    { body: "access_token=x&token_type=bearer" },
    { kind: "protocol", failure: "token_response_not_json" },
  ],
  [
    "JSON without a token",
    { body: { ok: true } },
    { kind: "protocol", failure: "access_token_missing" },
  ],
  [
    "200 with an error",
    { body: { error: "invalid_scope" } },
    { kind: "oauth", status: 200, error: "invalid_scope" },
  ],
  ["403 with an HTML page", { status: 403, body: "<h1>no</h1>" }, { kind: "http", status: 403 }],
  ["400 with a form", { status: 400, body: "error=invalid_client" }, { kind: "http", status: 400 }],
  [
    "a redirect",
    { status: 302, headers: { location: "/elsewhere" } },
    { kind: "http", status: 302 },
  ],
])("CLI-21 answers %s with a typed error", async (_name, answer, expected) => {
  await using setup = await setUp();
  setup.server.script.token = () => answer;

  expect(await rejectionOf(setup.client.getToken())).toMatchObject(expected);
});

it("CLI-21 reads a JSON error in a 503", async () => {
  const { ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  setup.server.script.token = () => ({
    status: 503,
    headers: { "x-request-id": "req-42" },
    body: { error: "server_error", error_description: 'down\nfor "maintenance"' },
  });

  expect(await rejectionOf(setup.client.getToken())).toMatchObject({
    kind: "oauth",
    status: 503,
    error: "server_error",
    errorDescription: "down?for ?maintenance?",
    retryable: true,
    requestId: "req-42",
  });
});

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

it("CLI-23 does not follow a redirect with credentials", async () => {
  await using setup = await setUp();
  setup.server.script.token = () => ({
    status: 307,
    headers: { location: "/partner/v1/elsewhere" },
  });

  await rejectionOf(setup.client.getToken());

  expect(setup.server.seen.map(({ path }) => path)).not.toContain("/partner/v1/elsewhere");
});

it("CLI-23 sends with redirect manual and without a cache", async () => {
  const inits: (RequestInit | undefined)[] = [];
  await using setup = await setUp({
    fetch: (input, init) => {
      inits.push(init);
      return fetch(input, init);
    },
  });

  await setup.client.getToken();

  expect(inits).toHaveLength(2);
  for (const init of inits) expect(init).toMatchObject({ redirect: "manual", cache: "no-store" });
});

it("CLI-23 stops reading a body without end", async () => {
  await using setup = await setUp();
  setup.server.script.token = () => ({ body: "x".repeat(200_000) });

  expect(await rejectionOf(setup.client.getToken())).toMatchObject({
    failure: "response_too_large",
  });
});

it("CLI-23 gives up on an endpoint that does not answer", async () => {
  const { ports } = createControlledPorts();
  await using setup = await setUp({ ports, requestTimeoutMs: 30 });
  setup.server.script.token = () => ({ delayMs: 500 });

  expect(await rejectionOf(setup.client.getToken())).toMatchObject({
    kind: "timeout",
    retryable: true,
  });
  expect(setup.server.tokenRequests()).toHaveLength(3);
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

it.each([
  ["seconds", "7"],
  ["a date", new Date((1_700_000_000 + 7) * 1000).toUTCString()],
])("CLI-30 honours Retry-After in %s", async (_name, value) => {
  const { ports, slept } = createControlledPorts();
  await using setup = await setUp({ ports, maxWaitMs: patienceMs });
  let requests = 0;
  setup.server.script.token = () =>
    (requests += 1) === 1
      ? {
          status: 429,
          headers: { "retry-after": value },
          body: { error: "temporarily_unavailable" },
        }
      : undefined;

  await setup.client.getToken();

  expect(slept).toEqual([7000]);
  expect(setup.server.tokenRequests()).toHaveLength(2);
});

it.each(["temporarily_unavailable", "slow_down", "rate_limited", "too_many_requests"])(
  "CLI-30 takes a 429 with the error %s as it takes any",
  async (error) => {
    const { ports } = createControlledPorts();
    await using setup = await setUp({ ports });
    setup.server.script.token = () => ({
      status: 429,
      headers: { "retry-after": "40" },
      body: { error },
    });

    expect(await rejectionOf(setup.client.getToken())).toMatchObject({
      status: 429,
      retryAfterMs: 40_000,
    });
    expect(setup.server.tokenRequests()).toHaveLength(1);
  },
);

it("CLI-30 pauses every caller of the key after a 429, and none sleeps past its deadline", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.script.token = () => ({
    status: 429,
    headers: { "retry-after": "20" },
    body: "slow down",
  });
  const startedAt = performance.now();

  const errors = await Promise.all([
    rejectionOf(client.getToken({ maxWaitMs: 5000 })),
    rejectionOf(client.getToken({ maxWaitMs: 6000 })),
  ]);
  const later = await rejectionOf(client.getToken({ maxWaitMs: 7000 }));

  expect(performance.now() - startedAt).toBeLessThan(2000);
  for (const error of [...errors, later])
    expect(error).toMatchObject({ kind: "http", status: 429 });
  expect(server.tokenRequests()).toHaveLength(1);
});
