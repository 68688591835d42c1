import { expect, it } from "vitest";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts, patienceMs } from "./support/controlled-ports.ts";

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
