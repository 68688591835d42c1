import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type {
  SharedTokenStore,
  TelemetryAttributes,
  TelemetryOptions,
} from "@credicorp/oauth-client";
import { createMemoryTokenStore } from "@credicorp/oauth-core/token-cache";
import { systemClock } from "@credicorp/oauth-runtime";
import { expect, it, vi } from "vitest";
import type { Answer } from "./support/authorization-server.ts";
import { eventTypes, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";
import { expectNothingPlanted, planted, plantedBasic } from "./support/planted.ts";

const { secret, token, clientId, storeKey } = planted;
const echo = `you sent ${secret} and ${plantedBasic} as ${clientId}`;
const fail = (): never => {
  throw new Error(echo, { cause: { secret, token } });
};
const reject = async (): Promise<never> => fail();

/** Everything that anybody can watch: events, channels, measurements, spans, the console. */
function watch(): { readonly seen: unknown[]; readonly telemetry: TelemetryOptions } & Disposable {
  const seen: unknown[] = [];
  const note = (...values: unknown[]): void => void seen.push(values);
  const onMessage = (message: unknown, name: string | symbol): void => note(name, message);
  for (const type of eventTypes) subscribe(`credicorp.oauth.client.${type}`, onMessage);
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((text) => {
      note(String(text));
      return true;
    }),
  );
  const measure = (value: number, attributes: TelemetryAttributes): void => note(value, attributes);
  return {
    seen,
    telemetry: {
      meter: {
        createCounter: (...names) => (note(names), { add: measure }),
        createHistogram: (...names) => (note(names), { record: measure }),
      },
      tracer: {
        startSpan: (...names) => (
          note(names),
          { setAttributes: note, setStatus: note, end: () => undefined }
        ),
      },
    },
    [Symbol.dispose]: () => {
      for (const type of eventTypes) unsubscribe(`credicorp.oauth.client.${type}`, onMessage);
      for (const stream of streams) stream.mockRestore();
    },
  };
}

const good: Answer = { body: { access_token: token, token_type: "Bearer", expires_in: 900 } };
const failingStore = {
  get: reject,
  set: fail,
  delete: reject,
  acquire: fail,
  renew: reject,
  release: fail,
} as SharedTokenStore;

interface Path {
  readonly answer?: Answer;
  readonly options?: Record<string, unknown>;
}

const paths: readonly (readonly [string, Path])[] = [
  ["a token that is served", { answer: good }],
  ["a broken connection", { answer: { reset: true } }],
  ["a page of a proxy", { answer: { status: 502, body: `<html>${echo}</html>` } }],
  [
    "an error that echoes the credentials",
    { answer: { status: 401, body: { error: "invalid_client", error_description: echo } } },
  ],
  ["an error code that echoes", { answer: { status: 400, body: { error: secret } } }],
  ["a success that echoes", { answer: { body: { error: "invalid_request", echo } } }],
  ["a token of an unknown type", { answer: { body: { access_token: token, token_type: "mac" } } }],
  ["a transport that throws", { options: { transport: fail } }],
  ["a transport that rejects", { options: { transport: reject } }],
  ["a fetch that rejects", { options: { fetch: reject } }],
  ["a secret function that throws", { options: { clientSecret: fail } }],
  ["a secret function that rejects", { options: { clientSecret: reject } }],
  ["a store that throws", { answer: good, options: { store: failingStore } }],
  [
    "a store with a key of its own",
    { answer: good, options: { store: failingStore, storeKey, clientSecret: [secret, secret] } },
  ],
  [
    "a store that gives back what it was not given",
    { answer: good, options: { store: { ...failingStore, get: () => echo } } },
  ],
];

it.each(paths)(
  "CLI-31 CLI-32 shows no secret, no token and no client id to who watches %s",
  async (_name, { answer = good, options = {} }) => {
    using watched = watch();
    const { seen, telemetry } = watched;
    const { ports, clock } = createControlledPorts();
    const given = { ports, telemetry, clientId, clientSecret: secret, ...options };
    await using setup = await setUp(given);
    const { client, server, events } = setup;
    server.script.token = () => answer;
    server.script.introspect = () => ({ status: 500, body: { error: "server_error", echo } });

    const outcomes = await Promise.allSettled([
      client.getToken(),
      client.fetch("/partner/v1/applications"),
      client.introspect(token),
      client.revoke(token),
    ]);
    clock.advance(600);
    server.script.token = () => ({ status: 400, body: { error: "invalid_scope", echo } });
    outcomes.push(...(await Promise.allSettled([client.fetch("/partner/v1/applications")])));

    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expectNothingPlanted(outcome.reason);
    }
    expect(seen.length).toBeGreaterThan(0);
    expectNothingPlanted([seen, events, client.explain()]);
    expectNothingPlanted(client);
  },
);

it("CLI-32 writes nothing of a token, a secret or a client id into the keys of a store", async () => {
  const seen: string[] = [];
  const memory = createMemoryTokenStore(systemClock);
  const noting = Object.fromEntries(
    Object.entries(memory).map(([name, ask]) => [
      name,
      (...values: unknown[]) => {
        seen.push(...values.map(String));
        return (ask as (...given: unknown[]) => unknown)(...values);
      },
    ]),
  ) as unknown as SharedTokenStore;
  await using setup = await setUp({ store: noting, clientId, clientSecret: secret });
  setup.server.script.token = () => good;
  await setup.client.getToken();
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(8));

  expectNothingPlanted(seen);
});
