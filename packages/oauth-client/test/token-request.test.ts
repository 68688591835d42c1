import { expect, it } from "vitest";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

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
  [
    "201 with a token",
    { status: 201, body: { access_token: "t", token_type: "Bearer" } },
    { kind: "http", status: 201, message: "The server answered 201 where 200 was expected" },
  ],
  ["204", { status: 204 }, { kind: "http", status: 204, hint: expect.stringContaining("200") }],
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
  const unanswered: string[] = [];
  let metadata = "";
  await using setup = await setUp({
    ports,
    requestTimeoutMs: 30,
    // Without a network: the metadata is there before any timer fires, however busy the machine is.
    fetch: (input) => {
      const url = new Request(input).url;
      if (url.includes("/.well-known/")) return Promise.resolve(new Response(metadata));
      unanswered.push(new URL(url).pathname);
      return new Promise(() => undefined);
    },
  });
  const document = await fetch(`${setup.server.url}/.well-known/oauth-authorization-server`);
  metadata = await document.text();
  const { pathname } = new URL((JSON.parse(metadata) as { token_endpoint: string }).token_endpoint);

  expect(await rejectionOf(setup.client.getToken())).toMatchObject({
    kind: "timeout",
    retryable: true,
  });
  expect(unanswered).toEqual([pathname, pathname, pathname]);
});
