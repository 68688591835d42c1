import { inspect } from "node:util";
import { expect, it } from "vitest";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

it("CLI-29 remembers a refused credential, marks the error, and asks again after a while", async () => {
  const { clock, ports } = createControlledPorts(0);
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

  const first = await rejectionOf(client.getToken());
  const second = await rejectionOf(client.fetch("/partner/v1/applications"));
  expect(first).toMatchObject({ error: "invalid_client", retryable: false, outage: undefined });
  expect(second).toMatchObject({
    error: "invalid_client",
    outage: { attempts: 1 },
    retryAfterMs: 1000,
  });
  expect(server.tokenRequests()).toHaveLength(1);

  clock.advance(1);
  await rejectionOf(client.getToken());
  expect(server.tokenRequests()).toHaveLength(2);
  expect(server.apiCalls()).toEqual([]);
});

it("CLI-29 forgets the error as soon as the secret is another", async () => {
  let secret = "old-secret";
  await using setup = await setUp({
    clientSecret: () => secret,
    tokenEndpointAuthMethod: "client_secret_post",
  });
  const { client, server } = setup;
  server.script.token = ({ form }) =>
    form.get("client_secret") === "new-secret"
      ? undefined
      : { status: 401, body: { error: "invalid_client" } };
  await rejectionOf(client.getToken());
  await rejectionOf(client.getToken());
  expect(server.tokenRequests()).toHaveLength(1);

  secret = "new-secret";

  expect((await client.getToken()).value).toBe("access-token-1");
});

it("hides the error of a function that fails to give the secret", async () => {
  await using setup = await setUp({
    clientSecret: () => {
      throw new Error("vault said: planted-secret");
    },
  });

  const error = await rejectionOf(setup.client.getToken());

  expect(error).toMatchObject({ kind: "config", option: "clientSecret" });
  expect(inspect(error)).not.toContain("planted-secret");
  expect(setup.server.tokenRequests()).toEqual([]);
});
