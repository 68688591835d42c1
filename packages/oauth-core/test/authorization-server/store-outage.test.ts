import { describe, expect, it } from "vitest";

import type { Sleep } from "@credicorp/oauth-core";
import type {
  AuthorizationServerPorts,
  ClientRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createMemoryRecordStore,
  createMemoryRevocationFeed,
  formatAuditEvent,
} from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";

import type { TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const form = { grant_type: "client_credentials", token: "x" };
const cause = new Error("redis://secret@10.0.0.1 refused");
const endpoints = [paths.token, paths.introspection, paths.revocation];

const outages: readonly { readonly name: string; readonly fail: () => Promise<never> }[] = [
  { name: "rejects", fail: () => Promise.reject(cause) },
  {
    name: "throws",
    fail: () => {
      throw cause;
    },
  },
];

/** A server with a store that works until it is broken. */
async function setUp(
  store: "clients" | "keys" | "rateLimiter",
  ports: Partial<AuthorizationServerPorts> = {},
): Promise<{ readonly server: TestServer; readonly breakStore: (fail: () => never) => void }> {
  const server = await createTestServer({}, ports);
  return {
    server,
    breakStore: (fail) => {
      const methods = server.ports[store] as unknown as Record<string, unknown>;
      for (const name of Object.keys(methods)) methods[name] = fail;
    },
  };
}

/** The error that the last event tells of, as far as the tests look. */
function outageOf({ events }: TestServer): { message: string; store: unknown; cause: unknown } {
  const event = events.at(-1);
  const error = event !== undefined && "cause" in event ? event.cause : undefined;
  if (!(error instanceof Error) || !("store" in error)) throw new Error("the event has no cause");
  return { message: error.message, store: error.store, cause: error.cause };
}

/** Timers that end at once, and for how long they were meant. */
function createImpatientSleep(): { readonly sleep: Sleep; readonly asked: number[] } {
  const asked: number[] = [];
  const sleep: Sleep = async (ms) => void asked.push(ms);
  return { sleep, asked };
}

describe("an outage of a store", () => {
  it.each(
    (["clients", "rateLimiter"] as const).flatMap((store) =>
      outages.flatMap(({ name, fail }) => endpoints.map((path) => ({ store, name, fail, path }))),
    ),
  )(
    "RL-05 TOK-19 REV-07 is answered with 503 at $path while $store $name",
    async ({ store, fail, path }) => {
      const { server, breakStore } = await setUp(store);
      breakStore(fail as () => never);

      const response = await server.post(path, form);

      expect(response).toMatchObject({ status: 503, json: { error: "temporarily_unavailable" } });
      expect(response.header("retry-after")).toBe("1");
      expect(response.header("cache-control")).toBe("no-store");
      expect(response.body).not.toMatch(/redis|access_token/);
      expect(server.events).toMatchObject([{ type: "request_refused", why: "store_unavailable" }]);
      expect(outageOf(server)).toMatchObject({ store, cause });
    },
  );

  it.each([paths.token, paths.jwks])(
    "TOK-19 is answered with 503 at %s while the keys cannot be read",
    async (target) => {
      const { server, breakStore } = await setUp("keys");
      breakStore(() => {
        throw cause;
      });

      const response =
        target === paths.jwks ? await server.request({ target }) : await server.post(target, form);

      expect(response.status).toBe(503);
      expect(response.header("cache-control")).toBe("no-store");
      expect(server.events).toMatchObject([{ why: "store_unavailable" }]);
      expect(outageOf(server)).toMatchObject({ store: "keys", cause });
    },
  );

  it("AUTH-10 refuses no client because the date of its last use cannot be written", async () => {
    const server = await createTestServer();
    Object.assign(server.ports.clients, { compareAndSet: () => Promise.reject(cause) });

    const { status } = await server.post(paths.token, { grant_type: "client_credentials" });

    expect(status).toBe(200);
    expect(server.events).toMatchObject([
      { type: "secret_use_not_recorded", clientId: "basic", cause: { store: "clients" } },
      { type: "token_issued" },
    ]);
  });

  it("INT-04 REV-07 says neither active nor inactive while revocations cannot be read", async () => {
    const memory = createMemoryRevocationFeed(createControlledClock());
    const poll = (): Promise<never> => Promise.reject(cause);
    const server = await createTestServer({}, { revocationFeed: { ...memory, poll } });
    const token = await server.issueToken();

    const response = await server.post(paths.introspection, { token });

    expect(response.status).toBe(503);
    expect(response.json).not.toHaveProperty("active");
    expect(server.events.at(-1)).toMatchObject({ why: "store_unavailable", clientId: "basic" });
  });

  it("REV-07 leaves revokeClientTokens rejected, and reports no revocation", async () => {
    const memory = createMemoryRevocationFeed(createControlledClock());
    const append = (): Promise<never> => Promise.reject(cause);
    const server = await createTestServer({}, { revocationFeed: { ...memory, append } });

    await expect(server.revokeClientTokens("basic")).rejects.toMatchObject({ cause });
    expect(server.events).toEqual([]);
  });

  it("TOK-19 ends when a store says nothing, after the time that it has", async () => {
    const { sleep, asked } = createImpatientSleep();
    const clients = { ...createMemoryRecordStore<ClientRecord>() };
    const server = await createTestServer({ storeTimeoutMs: 700 }, { sleep, clients });
    Object.assign(clients, { get: () => new Promise(() => undefined) });

    const response = await server.post(paths.token, form);

    expect(response.status).toBe(503);
    expect(asked).toEqual([700]);
    expect(server.events).toMatchObject([{ why: "store_unavailable" }]);
    expect(outageOf(server).message).toBe("The store clients did not answer within 700 ms");
  });

  it("TOK-19 leaves no timer behind, and starts none where the answer is there at once", async () => {
    const open = new Set<object>();
    let started = 0;
    const sleep: Sleep = (_ms, signal) =>
      new Promise((resolve) => {
        started += 1;
        const timer = {};
        open.add(timer);
        signal?.addEventListener("abort", () => {
          open.delete(timer);
          resolve();
        });
      });
    const memory = await createTestServer({}, { sleep });
    await memory.post(paths.token, form);
    expect(started).toBe(0);

    const clients = { ...createMemoryRecordStore<ClientRecord>() };
    const server = await createTestServer({}, { sleep, clients });
    const { get } = clients;
    Object.assign(clients, { get: async (id: string) => get(id) });
    const response = await server.post(paths.token, form);

    expect([response.status, started, open.size]).toEqual([200, 1, 0]);
  });
});

describe("an event as a line of a log", () => {
  it("is one line of JSON with what the event has", async () => {
    const server = await createTestServer();
    await server.post(paths.token, form);
    await server.post(paths.token, form, { headers: [basic("basic", "wrong")] });

    const lines = server.events.map(formatAuditEvent);

    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: "token_issued", clientId: "basic", requestId: expect.any(String) },
      { type: "request_refused", status: 401, why: "secret_wrong", path: paths.token },
    ]);
    for (const line of lines) expect(line).not.toContain("\n");
  });

  it("says of a failure what and where, and quotes nobody's message", async () => {
    const { server, breakStore } = await setUp("clients");
    breakStore(() => {
      throw Object.assign(new TypeError(`bad secret ${secrets.basic}\n    and more`), {
        code: "ECONNREFUSED",
        cause: "redis://secret@10.0.0.1",
      });
    });
    await server.post(paths.token, form);

    const [line = ""] = server.events.map(formatAuditEvent);

    expect(JSON.parse(line)).toMatchObject({
      cause: {
        name: "StoreUnavailableError",
        store: "clients",
        cause: { name: "TypeError", code: "ECONNREFUSED", cause: { name: "string" } },
      },
    });
    expect(line).toMatch(/store-outage\.test/);
    expect(line).not.toMatch(/bad secret|basic-secret|and more|redis/);
  });
});
