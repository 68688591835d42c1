import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { createGot } from "./recipes/got.ts";
import { createKy } from "./recipes/ky.ts";
import { rejectionOf, setUp } from "./support/client.ts";

const path = "partner/v1/applications";
const page = readFileSync(new URL("../../../docs/http-clients.md", import.meta.url), "utf8");

it.each(["got", "ky"])(
  "the recipe for %s in the documentation is the one that is tested",
  (name) => {
    const recipe = readFileSync(new URL(`./recipes/${name}.ts`, import.meta.url), "utf8");

    expect(page).toContain(recipe);
  },
);

it.each([
  { library: "got", get: createGotGet },
  { library: "ky", get: createKyGet },
])("CLI-28 $library sends the token, and repeats a GET once after a 401", async ({ get }) => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();

  expect(await get(setup)).toMatchObject({ path: `/${path}` });
  expect(server.apiCalls().map(({ authorization }) => authorization)).toEqual([
    "Bearer access-token-1",
    "Bearer access-token-2",
  ]);
});

it("CLI-28 got repeats a POST of text once, and no more than that", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  const api = createGot(client, { prefixUrl: server.url, retry: { limit: 0 } });

  const good = await api.post(path, { json: { amountPence: 5 } }).json();
  server.script.api = () => ({
    status: 401,
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
  });
  const error = await rejectionOf(api.get(path));

  expect(good).toMatchObject({ received: '{"amountPence":5}' });
  expect(error).toMatchObject({ response: { statusCode: 401 } });
  expect(server.apiCalls()).toHaveLength(4);
});

it.each([
  { library: "got", get: createGotGet },
  { library: "ky", get: createKyGet },
])(
  "CLI-26 CLI-27 $library sends nothing to another origin, nor without a token",
  async ({ get }) => {
    await using setup = await setUp();
    const { server } = setup;
    const elsewhere = { ...setup, server: { ...server, url: "http://elsewhere.example" } };
    server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

    const foreign = await rejectionOf(get(elsewhere));
    const tokenless = await rejectionOf(get(setup));

    expect(String(foreign)).toContain("may not be sent to http://elsewhere.example");
    expect(String(tokenless)).toContain("invalid_client");
    expect(server.apiCalls()).toEqual([]);
  },
);

it("CLI-28 ky gets the 401 of a POST, whose body is gone", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  const api = createKy(client, { prefixUrl: server.url, retry: 0 });

  const error = await rejectionOf(api.post(path, { json: { amountPence: 5 } }));
  const next = await api.post(path, { json: { amountPence: 5 } }).json();

  expect(error).toMatchObject({ response: { status: 401 } });
  expect(next).toMatchObject({ received: '{"amountPence":5}' });
});

type RecipeSetup = Pick<Awaited<ReturnType<typeof setUp>>, "client"> & {
  readonly server: { readonly url: string };
};

function createGotGet({ client, server }: RecipeSetup): Promise<unknown> {
  return createGot(client, { prefixUrl: server.url, retry: { limit: 0 } })
    .get(path)
    .json();
}

function createKyGet({ client, server }: RecipeSetup): Promise<unknown> {
  return createKy(client, { prefixUrl: server.url, retry: 0 }).get(path).json();
}
