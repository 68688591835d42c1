import { Buffer } from "node:buffer";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createOAuthClient } from "@credicorp/oauth-client";
import { expect, it } from "vitest";
import type { Answer } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";
import { spellings } from "./support/spellings.ts";

const secret = "planted+secret/ü";
const token = "planted-access-token";
const basic = Buffer.from(
  `partner:${new URLSearchParams([["", secret]]).toString().slice(1)}`,
).toString("base64");
// Their beginnings, so that a secret that was cut is found too.
const planted = ["plante", basic.slice(0, 20)];

function expectNothingPlanted(value: unknown): void {
  const text = spellings(value);
  for (const word of planted) expect(text).not.toContain(word);
}

const echo = `you sent ${secret} and ${basic}`;
const longEcho = `${"x".repeat(250)}${secret}`;
const answers: [string, Answer][] = [
  [
    "an echoing error",
    { status: 400, body: { error: "invalid_request", error_description: echo } },
  ],
  [
    "an echo that is cut",
    { status: 400, body: { error: "invalid_request", error_description: longEcho } },
  ],
  ["an echoing error code", { status: 401, body: { error: secret } }],
  ["invalid_client", { status: 401, body: { error: "invalid_client", error_description: echo } }],
  [
    "an echoing page",
    { status: 502, body: `<html>${echo}</html>`, headers: { "x-request-id": basic } },
  ],
  ["an echoing 200", { body: `<html>${echo}</html>` }],
  ["a token of an unknown type", { body: { access_token: token, token_type: "mac" } }],
  [
    "a token with a bad life",
    { body: { access_token: token, token_type: "Bearer", expires_in: -1 } },
  ],
  [
    "a token that breaks a header",
    { body: { access_token: `${token}\r\nx: y`, token_type: "Bearer" } },
  ],
  ["a broken connection", { reset: true }],
  ["a redirect", { status: 302, headers: { location: `/?secret=${encodeURIComponent(secret)}` } }],
  [
    "a throttle",
    {
      status: 429,
      headers: { "retry-after": "40" },
      body: { error: "slow_down", error_description: echo },
    },
  ],
];

function echoing(answer: Answer, word: string | null): Answer {
  const { body } = answer;
  if (typeof body !== "object") return answer;
  return {
    ...answer,
    body: { ...body, error_description: `${JSON.stringify(body)} ${word}` },
  };
}

it.each(answers)("CLI-31 has no secret and no token in the error of %s", async (_name, answer) => {
  const { ports } = createControlledPorts();
  await using setup = await setUp({ ports, clientSecret: secret });
  const { client, server, events } = setup;
  server.script.token = () => answer;
  // Here the server knows a token, too.
  server.script.introspect = ({ form }) => echoing(answer, form.get("token"));
  server.script.revoke = ({ form }) => ({ status: 500, ...echoing(answer, form.get("token")) });

  const errors = [
    await rejectionOf(client.getToken()),
    await rejectionOf(client.fetch("/partner/v1/applications")),
    await rejectionOf(client.introspect(token)),
    await rejectionOf(client.revoke(token)),
  ];

  for (const error of errors) {
    expect(error).toHaveProperty("code", expect.stringMatching(/^ERR_OAUTH_/));
    expectNothingPlanted(error);
  }
  expectNothingPlanted(events);
});

it("CLI-31 has nothing of an answer that is no HTTP in the error", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\nbroken ${echo}\r\n\r\n${echo}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { ports } = createControlledPorts();
  await using client = createOAuthClient({
    baseUrl: url,
    clientId: "partner",
    clientSecret: secret,
    metadata: { issuer: url, tokenEndpoint: `${url}/token` },
    ports,
  });

  const error = await rejectionOf(client.getToken());
  server.close();

  expect(error).toMatchObject({ kind: "network" });
  expectNothingPlanted(error);
});

it("CLI-31 has the code alone of what a fetch is rejected with", async () => {
  const { ports } = createControlledPorts();
  const inner = Object.assign(new Error(echo), { code: "ECONNRESET", data: echo });
  const fetch = async (): Promise<never> => {
    throw new TypeError(echo, { cause: inner });
  };
  await using setup = await setUp({ ports, clientSecret: secret, fetch });

  const error = await rejectionOf(setup.client.getToken());

  expect(error).toMatchObject({ kind: "network", cause: { message: "ECONNRESET" } });
  expectNothingPlanted(error);
  expectNothingPlanted(setup.events);
  expectNothingPlanted(setup.client.explain());
});

it("CLI-31 cuts what a server says, and strips its control characters", async () => {
  await using setup = await setUp();
  setup.server.script.token = () => ({
    status: 400,
    body: { error: "invalid_request\u001b[31m", error_description: `a\r\nb${"x".repeat(5000)}` },
  });

  const error = (await rejectionOf(setup.client.getToken())) as {
    error: string;
    errorDescription: string;
  };

  expect(error.error).toBe("invalid_request?[31m");
  expect(error.errorDescription).toHaveLength(256);
  expect(error.errorDescription).toMatch(/^a\?\?bx+$/);
});

it("CLI-31 has no secret and no token in the client itself, nor in its events", async () => {
  await using setup = await setUp({ clientSecret: secret });
  const { client, server, events } = setup;
  server.script.token = () => ({ body: { access_token: token, token_type: "Bearer" } });
  server.validTokens.add(token);
  await client.getToken();
  server.script.token = () => ({ reset: true });
  await client.fetch("/partner/v1/applications");

  expect(events.length).toBeGreaterThan(1);
  expectNothingPlanted(client);
  expectNothingPlanted(events);
  expect(spellings(events)).not.toContain("partner");
});
