import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import type { Answer } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

const path = "/partner/v1/applications";

const rejected: Answer = {
  status: 401,
  headers: { "www-authenticate": 'Bearer realm="api", error="invalid_token"' },
  body: { title: "rejected" },
};

const blob = new Blob(["hello"]);

const form = new FormData();
form.set("file", blob, "hello.txt");

it.each<[string, NonNullable<RequestInit["body"]>, string]>([
  ["text", "hello", "hello"],
  ["an ArrayBuffer", Uint8Array.from(Buffer.from("hello")).buffer, "hello"],
  ["a typed array", Uint8Array.from(Buffer.from("hello")), "hello"],
  ["a Blob", blob, "hello"],
  ["URLSearchParams", new URLSearchParams("a=b"), "a=b"],
  ["a FormData", form, 'filename="hello.txt"'],
])(
  "CLI-28 repeats a call once after invalid_token, with %s as its body",
  async (_name, body, expected) => {
    await using setup = await setUp();
    const { client, server } = setup;
    await client.getToken();
    server.validTokens.clear();

    const response = await client.fetch(path, {
      method: "POST",
      body,
      headers: { "idempotency-key": "key-1" },
    });

    expect(response.status).toBe(200);
    const calls = server.apiCalls();
    expect(calls.map(({ authorization }) => authorization)).toEqual([
      "Bearer access-token-1",
      "Bearer access-token-2",
    ]);
    for (const call of calls) {
      expect(call).toMatchObject({ method: "POST", idempotencyKey: "key-1" });
      expect(call.body).toContain(expected);
    }
  },
);

it("CLI-28 returns the second rejection untouched", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.script.api = () => rejected;

  const response = await client.fetch(path);

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ title: "rejected" });
  expect(server.apiCalls()).toHaveLength(2);
});

it("CLI-28 does not repeat a call whose token was made for it", async () => {
  await using setup = await setUp();
  setup.server.script.api = () => rejected;

  const response = await setup.client.fetch(path);

  expect(response.status).toBe(401);
  expect(setup.server.apiCalls()).toHaveLength(1);
});

it.each([
  ["a stream", () => ({ body: new Blob(["hello"]).stream(), duplex: "half" as const })],
  [
    "an async iterable",
    () => ({
      body: chunks() as unknown as NonNullable<RequestInit["body"]>,
      duplex: "half" as const,
    }),
  ],
])("CLI-28 returns the answer to %s untouched, and drops the token", async (_name, createInit) => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();

  const response = await client.fetch(path, { method: "POST", ...createInit() });

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ title: "rejected" });
  expect(server.apiCalls()).toMatchObject([{ body: "hello" }]);
  expect((await client.fetch(path)).status).toBe(200);
});

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("hel");
  yield Buffer.from("lo");
}

it.each([
  [
    "401 with another error",
    {
      status: 401,
      headers: { "www-authenticate": 'Bearer error="insufficient_user_authentication"' },
    },
  ],
  [
    "401 with a challenge without error",
    { status: 401, headers: { "www-authenticate": 'Bearer realm="api"' } },
  ],
  [
    "401 for another scheme",
    { status: 401, headers: { "www-authenticate": 'Basic error="invalid_token"' } },
  ],
  ["401 without a challenge", { status: 401 }],
  [
    "403 insufficient_scope",
    { status: 403, headers: { "www-authenticate": 'Bearer error="insufficient_scope"' } },
  ],
  [
    "403 invalid_token",
    { status: 403, headers: { "www-authenticate": 'Bearer error="invalid_token"' } },
  ],
  ["503", { status: 503 }],
])("CLI-28 returns %s untouched", async (_name, answer) => {
  await using setup = await setUp();
  await setup.client.getToken();
  setup.server.script.api = () => answer;

  const response = await setup.client.fetch(path);

  expect(response.status).toBe(answer.status);
  expect(setup.server.apiCalls()).toHaveLength(1);
  expect(setup.server.tokenRequests()).toHaveLength(1);
});

it("CLI-28 returns a rejection that is not believed, without a second call", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  server.script.api = () => rejected;
  // Three young tokens in close succession: then it is not the tokens.
  for (let call = 0; call < 3; call += 1) {
    await client.getToken();
    clock.advance(0.1);
    await client.fetch(path);
  }
  const { value } = await client.getToken();
  clock.advance(0.1);
  const before = server.apiCalls().length;

  const response = await client.fetch(path);

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ title: "rejected" });
  expect(server.apiCalls()).toHaveLength(before + 1);
  expect((await client.getToken()).value).toBe(value);
});

it("CLI-28 cancels the body of the first answer when it repeats the call", async () => {
  const cancelled: boolean[] = [];
  await using setup = await setUp({
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (response.status !== 401) return response;
      const body = new ReadableStream({ cancel: () => void cancelled.push(true) });
      return new Response(body, { status: 401, headers: response.headers });
    },
  });
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();

  const response = await client.fetch(path);

  expect(response.status).toBe(200);
  expect(cancelled).toEqual([true]);
});

it("CLI-28 gives the caller's own reason when the caller aborts instead of waiting for the new token", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  const controller = new AbortController();
  server.script.token = () => {
    controller.abort("enough");
    return { delayMs: 1000 };
  };

  const error = await rejectionOf(client.fetch(path, { signal: controller.signal }));

  expect(error).toBe("enough");
});

it("CLI-28 believes a 401 without a challenge when told to", async () => {
  await using setup = await setUp({ unchallenged401: "retry" });
  const { client, server } = setup;
  await client.getToken();
  server.script.api = ({ authorization }) =>
    authorization === "Bearer access-token-1" ? { status: 401 } : undefined;

  expect((await client.fetch(path)).status).toBe(200);
});

it("CLI-28 does not spend a token request per call on an API that rejects everything", async () => {
  await using setup = await setUp();
  setup.server.script.api = () => rejected;

  for (let call = 0; call < 20; call += 1) {
    const response = await setup.client.fetch(path);
    expect(response.status).toBe(401);
  }

  expect(setup.server.tokenRequests().length).toBeLessThanOrEqual(5);
});
