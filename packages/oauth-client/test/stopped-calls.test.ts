import type { CancelSignal, HttpTransport } from "@credicorp/oauth-core";
import { createFetchTransport } from "@credicorp/oauth-runtime";
import { afterEach, expect, it, vi } from "vitest";

import type { Setup } from "./support/client.ts";
import { delay, rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

const never = new Promise<never>(() => undefined);

/** A transport that never answers for one path, whatever its signal says, and tells the signals it was given. */
function createSilentTransport(path: string): {
  transport: HttpTransport;
  signals: CancelSignal[];
} {
  const real = createFetchTransport();
  const signals: CancelSignal[] = [];
  return {
    signals,
    transport: (request, options) => {
      if (new URL(request.url).pathname !== path) return real(request, options);
      if (options.signal !== undefined) signals.push(options.signal);
      return never;
    },
  };
}

const tokenPath = "/partner/v1/oauth/token";

it("CLI-14 stops the shared request when the last who waits has left, and not before", async () => {
  const { transport, signals } = createSilentTransport(tokenPath);
  await using setup = await setUp({ transport });
  const [first, last] = [new AbortController(), new AbortController()];
  const waiting = [first, last].map(({ signal }) => rejectionOf(setup.client.getToken({ signal })));
  await vi.waitFor(() => expect(signals).toHaveLength(1));

  first.abort();
  await waiting[0];
  expect(signals[0]?.aborted).toBe(false);
  last.abort();
  await waiting[1];

  expect(signals[0]?.aborted).toBe(true);
});

it("CLI-14 takes the token of a request that was stopped, where the transport brings it all the same", async () => {
  const real = createFetchTransport();
  await using setup = await setUp({
    tokenDelayMs: 100,
    // It does not listen to its signal.
    transport: (request, options) => real(request, { ...options, signal: undefined } as never),
  });
  const { client, server, events } = setup;
  const controller = new AbortController();
  const stopped = rejectionOf(client.getToken({ signal: controller.signal }));
  await vi.waitFor(() => expect(server.tokenRequests()).toHaveLength(1));

  controller.abort();
  await stopped;
  await vi.waitFor(() => expect(events).toHaveLength(1));

  expect(client.peekToken()?.value).toBe("access-token-1");
  expect(server.tokenRequests()).toHaveLength(1);
});

it("CLI-14 lets a request go on whose last caller has run out of time: a slow server gets to answer", async () => {
  await using setup = await setUp({ tokenDelayMs: 1000 });
  const { client, server } = setup;
  await client.discover();

  for (let call = 0; call < 2; call += 1) {
    expect(await rejectionOf(client.getToken({ maxWaitMs: 30 }))).toMatchObject({
      kind: "timeout",
    });
  }
  const token = await client.getToken();

  expect(token.value).toBe("access-token-1");
  expect(server.tokenRequests()).toHaveLength(1);
});

it.each([
  ["introspect", "/partner/v1/oauth/introspect"],
  ["revoke", "/partner/v1/oauth/revoke"],
] as const)(
  "stops %s by its caller's signal, though the transport ignores it",
  async (name, path) => {
    const { transport, signals } = createSilentTransport(path);
    await using setup = await setUp({ transport });
    const controller = new AbortController();
    const stopped = rejectionOf(setup.client[name]("a-token", { signal: controller.signal }));
    const goesOn = rejectionOf(setup.client[name]("a-token"));
    await vi.waitFor(() => expect(signals).toHaveLength(2));

    controller.abort();

    expect(await stopped).toMatchObject({ kind: "aborted" });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await setup.client.close();
    expect(await goesOn).toMatchObject({ kind: "aborted" });
  },
);

it("stops an introspection that waits for the metadata, and the others go on waiting", async () => {
  await using setup = await setUp();
  setup.server.script.metadata = () => ({ delayMs: 150, status: 500, body: "" });
  const controller = new AbortController();
  const { signal } = controller;
  const errors: unknown[] = [];
  const calls = [
    setup.client.introspect("a-token"),
    setup.client.introspect("a-token", { signal }),
  ];
  const settled = calls.map(async (call) => errors.push(await rejectionOf(call)));
  await delay(20);

  controller.abort();
  await Promise.all(settled);

  expect(errors).toMatchObject([{ kind: "aborted" }, { kind: "http", status: 500 }]);
});

it.each([
  ["its caller's signal", async (_setup: Setup, controller: AbortController) => controller.abort()],
  ["close", (setup: Setup) => setup.client.close()],
])("says that %s ended the wait for a secret, and not the time", async (_name, stop) => {
  await using setup = await setUp({ clientSecret: () => never });
  const controller = new AbortController();
  const error = rejectionOf(setup.client.introspect("a-token", { signal: controller.signal }));
  await vi.waitFor(() => expect(setup.server.seen).toHaveLength(1));
  await delay(20);

  await stop(setup, controller);

  expect(await error).toMatchObject({ kind: "aborted" });
});

it("CLI-29 gives up a look at the secret that hangs, and takes the new one when it comes", async () => {
  const answers: (() => Promise<string> | string)[] = [() => "old-secret", () => never];
  await using setup = await setUp({
    clientSecret: () => (answers.shift() ?? (() => "new-secret"))(),
    tokenEndpointAuthMethod: "client_secret_post",
    requestTimeoutMs: 500,
  });
  const { client, server } = setup;
  server.script.token = ({ form }) =>
    form.get("client_secret") === "new-secret"
      ? undefined
      : { status: 401, body: { error: "invalid_client" } };
  await rejectionOf(client.getToken());

  const refused = await rejectionOf(client.getToken());

  expect(refused).toMatchObject({ error: "invalid_client", outage: { attempts: 1 } });
  expect((await client.getToken()).value).toBe("access-token-1");
});

it("takes a fault of a port during the token request for a failure of it, and recovers", async () => {
  const { clock, ports } = createControlledPorts();
  let readings = 0;
  const now = (): number => {
    // The first reading after the metadata was asked for belongs to its answer, the second to the token request.
    readings -= 1;
    if (readings === 0) throw new Error("planted-secret");
    return clock.now();
  };
  await using setup = await setUp({ ports: { ...ports, clock: { ...clock, now } } });
  const { client, server, events } = setup;
  server.script.metadata = () => {
    readings = 2;
    return undefined;
  };

  const token = await client.getToken();

  expect(token.value).toBe("access-token-1");
  expect(events.map(({ type }) => type)).toEqual(["obtained", "recovered"]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  [
    "introspections with one signal",
    ({ client }: Setup, signal: AbortSignal) => client.introspect("a-token", { signal }),
  ],
  [
    "callers of as many scopes with one signal",
    ({ client }: Setup, signal: AbortSignal, index: number) =>
      client.getToken({ scope: [`scope-${index}`], signal }),
  ],
  [
    "callers of one scope with one signal",
    ({ client }: Setup, signal: AbortSignal) => client.getToken({ signal }),
  ],
])("listens to no signal more than ten times for 30 %s", async (_name, call) => {
  const { transport, signals } = createSilentTransport(tokenPath);
  const counts = new Map<EventTarget, number>();
  const add = Reflect.get(EventTarget.prototype, "addEventListener") as (
    ...input: unknown[]
  ) => void;
  vi.spyOn(EventTarget.prototype, "addEventListener").mockImplementation(function (
    this: EventTarget,
    ...input
  ) {
    if (this instanceof AbortSignal) counts.set(this, (counts.get(this) ?? 0) + 1);
    return add.apply(this, input);
  });
  await using setup = await setUp({
    transport: (request, options) => {
      // All of them listen, as a transport of another kind would.
      options.signal?.addEventListener("abort", () => undefined);
      if (/introspect/.test(request.url)) return never;
      return transport(request, options);
    },
  });
  await setup.client.discover();
  const controller = new AbortController();

  const calls = Array.from({ length: 30 }, (_, index) =>
    rejectionOf(call(setup, controller.signal, index)),
  );
  await delay(100);
  expect(signals.length).toBeLessThanOrEqual(30);
  expect(counts.get(controller.signal)).toBeGreaterThan(0);
  controller.abort();
  await Promise.all(calls);

  expect(Math.max(...counts.values())).toBeLessThanOrEqual(10);
});
