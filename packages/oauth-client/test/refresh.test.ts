import { expect, it, vi } from "vitest";
import { delay, rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

it.each([10, 30, 900, 86_400])("CLI-01 a token of %d s serves ten calls", async (seconds) => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.tokenMembers["expires_in"] = seconds;

  for (let call = 0; call < 10; call += 1) {
    const response = await client.fetch("/partner/v1/applications");
    expect(response.status).toBe(200);
  }

  expect(server.tokenRequests()).toHaveLength(1);
});

it("CLI-02 a token without expires_in is kept for a while, and an event says so", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server, events } = setup;
  delete server.tokenMembers["expires_in"];

  for (let call = 0; call < 5; call += 1) await client.getToken();
  expect(server.tokenRequests()).toHaveLength(1);
  expect(events).toContainEqual({
    type: "lifetime_guessed",
    lifetimeSource: "assumed",
    lifetimeSeconds: 300,
  });
  clock.advance(300);
  await client.getToken();

  expect(server.tokenRequests()).toHaveLength(2);
});

it.each([0, -5, "soon"])("CLI-03 an expires_in of %j is a clear error", async (value) => {
  await using setup = await setUp();
  setup.server.tokenMembers["expires_in"] = value;

  const error = await rejectionOf(setup.client.getToken());

  expect(error).toMatchObject({ kind: "protocol", failure: "expires_in_invalid" });
});

it("CLI-04 the life counts from before the request", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  const before = clock.now();
  server.script.token = () => {
    clock.advance(5);
    return undefined;
  };

  const token = await client.getToken();

  expect(token.expiresAt).toBe(before + 900);
});

it("CLI-05 a machine that slept past the expiry does not send the old token", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client } = setup;
  const old = await client.getToken();

  // While it sleeps, the monotonic clock of the process stands still.
  clock.setNow(clock.now() + 3600);

  expect((await client.getToken()).value).not.toBe(old.value);
});

it("CLI-05 a wall clock that is set back keeps no token alive", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client } = setup;
  const old = await client.getToken();
  expect(client.peekToken()).toBe(old);

  clock.advance(3600);
  clock.setNow(clock.now() - 3601);

  expect(client.peekToken()).toBeUndefined();
  expect((await client.getToken()).value).not.toBe(old.value);
});

it("CLI-05 a wall clock that is set back to where it was read last is seen through within 50 ms", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client } = setup;
  await client.getToken();
  const readAt = clock.now();
  client.peekToken();
  clock.advance(3600);

  clock.setNow(readAt + 0.06);

  expect(client.peekToken()).toBeUndefined();
});

it("CLI-08 a background refresh delays nobody", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports, tokenDelayMs: 50 });
  const { client, server } = setup;
  const first = await client.getToken();
  clock.advance(800);

  const during = await client.getToken();
  expect(during.value).toBe(first.value);
  await vi.waitFor(async () => expect((await client.getToken()).value).toBe("access-token-2"));

  expect(server.tokenRequests()).toHaveLength(2);
});

it("CLI-08 CLI-09 a dead token endpoint is invisible while the token is valid, but for an event", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): number => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server, events } = setup;
  await client.getToken();
  server.script.token = () => ({ reset: true });

  clock.advance(800);
  for (let call = 0; call < 10; call += 1) {
    const response = await client.fetch("/partner/v1/applications");
    expect(response.status).toBe(200);
  }
  await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain("degraded"));
  await delay(20);
  process.off("unhandledRejection", listener);

  expect(unhandled).toEqual([]);
});

it("CLI-09 after the expiry callers get a fast error that says since when, how often and until when", async () => {
  const { clock, ports, slept } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server } = setup;
  await client.getToken();
  server.script.token = () => ({ reset: true });
  clock.advance(900);
  const since = clock.now();

  const first = await rejectionOf(client.getToken());
  const second = await rejectionOf(client.getToken());

  expect(first).toMatchObject({ kind: "network", outage: undefined });
  expect(slept).toEqual([100, 200]);
  expect(second).toMatchObject({
    kind: "network",
    outage: { since, attempts: 3 },
    retryAfterMs: 750,
  });
  expect(server.tokenRequests()).toHaveLength(4);
});

it("CLI-09 recovers when the endpoint does", async () => {
  const { clock, ports } = createControlledPorts();
  await using setup = await setUp({ ports });
  const { client, server, events } = setup;
  server.script.token = () => ({ status: 503, body: "" });
  await rejectionOf(client.getToken());
  delete server.script.token;
  clock.advance(1);

  await client.getToken();

  expect(events.map(({ type }) => type)).toEqual(["failed", "obtained", "recovered"]);
});
