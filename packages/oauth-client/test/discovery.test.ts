import { expect, it, vi } from "vitest";
import { metadataOf } from "./support/authorization-server.ts";
import { delay, rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

const metadataPath = "/.well-known/oauth-authorization-server";

it("CLI-34 refuses metadata that names another issuer, and sends no secret", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.script.metadata = () => ({
    body: { ...metadataOf(server.url), issuer: "https://attacker.example" },
  });

  const error = await rejectionOf(client.getToken());

  expect(error).toMatchObject({ kind: "protocol", failure: "metadata_issuer_mismatch" });
  expect(server.tokenRequests()).toEqual([]);
});

it.each(["http://elsewhere.example/token", "ftp://127.0.0.1/token"])(
  "CLI-34 refuses metadata with a token endpoint at %s",
  async (endpoint) => {
    await using setup = await setUp();
    const { client, server } = setup;
    server.script.metadata = () => ({
      body: { ...metadataOf(server.url), token_endpoint: endpoint },
    });

    expect(await rejectionOf(client.getToken())).toMatchObject({ failure: "metadata_insecure" });
  },
);

it("fetches the metadata once for many callers, and again after an hour", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  const fetches = (): number => server.seen.filter(({ path }) => path === metadataPath).length;

  await Promise.all([client.discover(), client.discover(), client.getToken()]);
  await client.discover();
  expect(fetches()).toBe(1);
  clock.advance(3599);
  await client.discover();
  expect(fetches()).toBe(1);
  clock.advance(1);
  await client.discover();

  await vi.waitFor(() => expect(fetches()).toBe(2));
});

it("keeps nobody waiting while old metadata is fetched again, and then gives the new one", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  const first = await client.discover();
  const tokenEndpoint = `${server.url}/partner/v1/oauth/token?new`;
  server.script.metadata = () => ({
    body: { ...metadataOf(server.url), token_endpoint: tokenEndpoint },
    delayMs: 50,
  });
  clock.advance(3600);

  expect(await client.discover()).toEqual(first);
  await vi.waitFor(async () => expect(await client.discover()).toMatchObject({ tokenEndpoint }));
});

it("goes on with old metadata when it cannot be fetched again, and tries once a minute", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  const first = await client.discover();
  let failures = 0;
  server.script.metadata = () => ({ status: 500, body: `failure ${(failures += 1)}` });
  const discoverFor = async (calls: number): Promise<void> => {
    for (let call = 0; call < calls; call += 1) {
      expect(await client.discover()).toEqual(first);
      await delay(10);
    }
  };

  clock.advance(3600);
  await discoverFor(10);
  expect(failures).toBe(1);
  clock.advance(59);
  await discoverFor(10);
  expect(failures).toBe(1);
  clock.advance(1);
  await discoverFor(10);

  expect(failures).toBe(2);
});

it("CLI-13 does not keep a failed discovery", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.script.metadata = () => ({ body: "<html>" });
  expect(await rejectionOf(client.discover())).toMatchObject({ failure: "metadata_not_json" });
  delete server.script.metadata;

  expect(await client.discover()).toMatchObject({ issuer: server.url });
});

it("hints at the base URL when there is no metadata", async () => {
  await using setup = await setUp();
  setup.server.script.metadata = () => ({ status: 404, body: "not found" });

  const error = await rejectionOf(setup.client.getToken());

  expect(error).toMatchObject({
    kind: "http",
    status: 404,
    hint: expect.stringContaining("baseUrl"),
  });
});

it("needs no discovery when the metadata is given", async () => {
  await using probe = await setUp();
  const metadata = await probe.client.discover();
  await using setup = await setUp({ baseUrl: probe.server.url, metadata });

  await setup.client.getToken();

  expect(probe.server.seen.map(({ path }) => path)).toEqual([
    metadataPath,
    "/partner/v1/oauth/token",
  ]);
});
