import { createOAuthClient } from "@credicorp/oauth-client";
import { Response as UndiciResponse } from "undici";
import { expect, it } from "vitest";
import { startTestServer } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";

const path = "/partner/v1/applications";

it("takes a Request, with and without init", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const request = new Request(`${server.url}${path}`, {
    method: "PUT",
    body: "from the request",
    headers: { "content-type": "text/plain" },
  });

  const first = await client.fetch(request);
  const second = await client.fetch(new Request(`${server.url}${path}`), { method: "DELETE" });

  expect([first.status, second.status]).toEqual([200, 200]);
  expect(server.apiCalls()).toMatchObject([
    {
      method: "PUT",
      body: "from the request",
      contentType: "text/plain",
      authorization: "Bearer access-token-1",
    },
    { method: "DELETE", body: "", authorization: "Bearer access-token-1" },
  ]);
});

it("takes what has the text of a URL for one, as a fetch does: there are several classes of that name", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const foreign = { href: server.url + path, toString: () => server.url + path };
  const elsewhere = { toString: () => "https://elsewhere.example/x" };

  await client.fetch(foreign as unknown as URL);
  const error = await rejectionOf(client.fetch(elsewhere as unknown as URL));

  expect(server.apiCalls()).toMatchObject([{ path }]);
  expect(error).toMatchObject({ kind: "config", option: "allowedOrigins" });
});

it("takes an undefined member of init for an absent one, and null for no signal", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const method = undefined as unknown as string;
  const request = new Request(`${server.url}${path}`, {
    method: "DELETE",
    signal: AbortSignal.abort(),
  });

  const response = await client.fetch(request, { method, signal: null });

  expect(response.status).toBe(200);
  expect(server.apiCalls()).toMatchObject([{ method: "DELETE" }]);
});

it("passes on all that a Request says, and what init says instead", async () => {
  const inits: (RequestInit | undefined)[] = [];
  await using setup = await setUp({
    fetch: (input, init) => {
      inits.push(init);
      return fetch(input, init);
    },
  });
  const said = {
    cache: "no-cache",
    credentials: "omit",
    integrity: "",
    keepalive: true,
    mode: "same-origin",
    redirect: "error",
    referrer: "",
    referrerPolicy: "origin",
  } as const;
  const request = new Request(`${setup.server.url}${path}`, said);

  await setup.client.fetch(request, { redirect: "follow" });

  expect(inits.at(-1)).toMatchObject({ ...said, redirect: "follow" });
});

it("sends with undici on Node", async () => {
  await using setup = await setUp();

  const response = await setup.client.fetch(path);

  expect(response).toBeInstanceOf(UndiciResponse);
});

it("does not let a caller's Authorization field stand beside the token", async () => {
  await using setup = await setUp();

  await setup.client.fetch(path, { headers: { Authorization: "Basic eDp5" } });

  expect(setup.server.apiCalls()[0]?.authorization).toBe("Bearer access-token-1");
});

it("rejects as a fetch does when the API cannot be reached", async () => {
  await using setup = await setUp();
  setup.server.script.api = () => ({ reset: true });

  expect(await rejectionOf(setup.client.fetch(path))).toBeInstanceOf(TypeError);
});

it("aborts a call of the API with the caller's reason", async () => {
  await using setup = await setUp();
  setup.server.script.api = () => ({ delayMs: 1000 });

  const error = await rejectionOf(setup.client.fetch(path, { signal: AbortSignal.timeout(50) }));

  expect(error).toMatchObject({ name: "TimeoutError" });
});

it("gives the header fields to other HTTP clients", async () => {
  await using setup = await setUp();

  const headers = await setup.client.authorizationHeaders({ method: "GET", url: path });

  expect(headers).toEqual({ authorization: "Bearer access-token-1" });
});

it("sends everything with the fetch that it is given", async () => {
  await using server = await startTestServer();
  const urls: string[] = [];
  await using client = createOAuthClient({
    baseUrl: server.url,
    clientId: "partner",
    clientSecret: "planted-secret",
    fetch: (input, init) => {
      urls.push(input instanceof Request ? input.url : input.toString());
      return fetch(input, init);
    },
  });

  await client.fetch(path);

  expect(urls).toEqual([
    `${server.url}/.well-known/oauth-authorization-server`,
    `${server.url}/partner/v1/oauth/token`,
    `${server.url}${path}`,
  ]);
});
