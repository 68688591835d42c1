import type {
  ClientEvents,
  OAuthClient,
  OAuthClientOptions,
  SharedTokenStore,
} from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { dpop } from "@credicorp/oauth-client/dpop";
import type { ControlledClock } from "@credicorp/oauth-core/testing";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createMemoryTokenStore } from "@credicorp/oauth-core/token-cache";
import { signatureEngine, systemClock } from "@credicorp/oauth-runtime";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { TestServer } from "./support/authorization-server.ts";
import { startTestServer } from "./support/authorization-server.ts";
import { delay, rejectionOf } from "./support/client.ts";

interface Fleet extends AsyncDisposable {
  readonly server: TestServer;
  readonly store: SharedTokenStore;

  /** What the store holds, under which keys. */
  readonly written: Map<string, string>;
  readonly clock: ControlledClock;

  /** Starts the client of one more process. */
  readonly start: (options?: Partial<OAuthClientOptions>) => Process;
}

interface Process {
  readonly client: OAuthClient;
  readonly failures: ClientEvents["store_failed"][];
  readonly shared: ClientEvents["shared"][];
}

async function setUpFleet(options: { tokenDelayMs?: number } = {}): Promise<Fleet> {
  const server = await startTestServer(options);
  const clock = createControlledClock();
  const memory = createMemoryTokenStore(systemClock);
  const written = new Map<string, string>();
  const store: SharedTokenStore = {
    ...memory,
    set: (key, text, ttlSeconds) => {
      written.set(key, text);
      return memory.set(key, text, ttlSeconds);
    },
  };
  const clients: OAuthClient[] = [];
  return {
    server,
    store,
    written,
    clock,
    start: (more = {}) => {
      const client = createOAuthClient({
        baseUrl: server.url,
        clientId: "partner",
        clientSecret: "planted-secret",
        store,
        ports: { clock },
        ...more,
      } as OAuthClientOptions);
      clients.push(client);
      const failures: Process["failures"][number][] = [];
      const shared: Process["shared"][number][] = [];
      client.on("store_failed", (event) => failures.push(event));
      client.on("shared", (event) => shared.push(event));
      return { client, failures, shared };
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function valueOf({ client }: Process): Promise<string> {
  return (await client.getToken()).value;
}

it("CLI-10 CLI-19 makes one token request for ten processes that start together", async () => {
  await using fleet = await setUpFleet({ tokenDelayMs: 100 });
  const processes = Array.from({ length: 10 }, () => fleet.start());

  const values = await Promise.all(processes.map(valueOf));

  expect(new Set(values).size).toBe(1);
  expect(fleet.server.tokenRequests()).toHaveLength(1);
  expect(processes.flatMap(({ shared }) => shared)).toHaveLength(9);
  expect(processes.flatMap(({ failures }) => failures)).toEqual([]);
});

it("CLI-05 takes the token of another process with its age, and refreshes it by that", async () => {
  await using fleet = await setUpFleet();
  const first = fleet.start();
  await valueOf(first);
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  fleet.clock.advance(600);

  const second = fleet.start();
  const { value, expiresAt } = await second.client.getToken();

  expect(value).toBe(await valueOf(first));
  expect(expiresAt).toBe(fleet.clock.now() + 300);
  expect(second.shared).toMatchObject([{ ageSeconds: 600, lifetimeSeconds: 900 }]);
});

it("CLI-11 asks once when ten processes learn that their token was revoked", async () => {
  await using fleet = await setUpFleet({ tokenDelayMs: 50 });
  const { server, clock } = fleet;
  const processes = Array.from({ length: 10 }, () => fleet.start());
  await Promise.all(processes.map(valueOf));
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  clock.advance(2);
  server.validTokens.clear();

  const answers = await Promise.all(processes.map(({ client }) => client.fetch("/applications")));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(server.tokenRequests()).toHaveLength(2);
});

it("CLI-19 leaves the newer token of another process alone when it drops an older one", async () => {
  await using fleet = await setUpFleet();
  const [slow, quick] = [fleet.start(), fleet.start()];
  const old = await valueOf(slow);
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  await valueOf(quick);
  fleet.clock.advance(2);
  fleet.server.validTokens.delete(old);
  await quick.client.fetch("/applications");
  const newer = await valueOf(quick);
  await delay(50);

  const response = await slow.client.fetch("/applications");

  expect(response.status).toBe(200);
  expect(await valueOf(slow)).toBe(newer);
  expect(await valueOf(fleet.start())).toBe(newer);
  expect(fleet.server.tokenRequests()).toHaveLength(2);
});

it("CLI-18 takes a token that was revoked here out of the store", async () => {
  await using fleet = await setUpFleet();
  const first = fleet.start();
  const token = await valueOf(first);
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  await first.client.revoke(token);
  const [key = ""] = fleet.written.keys();

  await vi.waitFor(async () => expect(await fleet.store.get(key)).toBeUndefined());
  expect(await valueOf(fleet.start())).not.toBe(token);
});

it("CLI-19 waits for a process that died until its lease ends, and then asks itself", async () => {
  await using fleet = await setUpFleet();
  const leases = new Map<string, string>();
  const startedAtMs = performance.now();
  const store: SharedTokenStore = {
    ...fleet.store,
    acquire: (key, owner) => {
      leases.set(key, owner);
      return performance.now() - startedAtMs > 300;
    },
  };

  await valueOf(fleet.start({ store, ports: {} }));

  expect(performance.now() - startedAtMs).toBeGreaterThan(300);
  expect([...leases.keys()]).toEqual([expect.stringMatching(/^lease:[\w-]{43}$/)]);
});

it("CLI-14 gives up waiting for another process at its caller's own deadline", async () => {
  await using fleet = await setUpFleet();
  const store = { ...fleet.store, acquire: () => false };
  const { client } = fleet.start({ store, ports: {} });

  const error = await rejectionOf(client.getToken({ maxWaitMs: 200 }));

  expect(error).toMatchObject({ kind: "timeout" });
  expect(fleet.server.tokenRequests()).toHaveLength(0);
});

it("CLI-18 renews its lease while a slow server thinks", { timeout: 20_000 }, async () => {
  await using fleet = await setUpFleet({ tokenDelayMs: 5000 });
  const [first, second] = [fleet.start({ ports: {} }), fleet.start({ ports: {} })];

  const values = await Promise.all([valueOf(first), valueOf(second)]);

  expect(new Set(values).size).toBe(1);
  expect(fleet.server.tokenRequests()).toHaveLength(1);
});

const broken = ["works", "throws", "rejects", "hangs", "lies"] as const;

function breakStore(
  store: SharedTokenStore,
  how: readonly (typeof broken)[number][],
): SharedTokenStore {
  const names = ["get", "set", "delete", "acquire", "renew", "release"] as const;
  const lies: Record<string, unknown> = { get: "bm9uc2Vuc2U", acquire: true, delete: false };
  const functions = names.map((name, index) => {
    const way = how[index];
    if (way === "works") return [name, store[name]];
    return [
      name,
      () => {
        if (way === "throws") throw new Error("planted-secret");
        if (way === "rejects") return Promise.reject(new Error("planted-secret"));
        return way === "lies" ? lies[name] : new Promise(() => undefined);
      },
    ];
  });
  return Object.fromEntries(functions) as SharedTokenStore;
}

it.each(["throws", "rejects", "hangs", "lies"] as const)(
  "CLI-18 counts a store that %s as a miss",
  async (how) => {
    await using fleet = await setUpFleet();
    const store = breakStore(fleet.store, [how, how, how, how, how, how]);
    const started = fleet.start({ store });

    expect(await valueOf(started)).toBe("access-token-1");
    const response = await started.client.fetch("/applications");

    expect(response.status).toBe(200);
    expect(started.failures[0]).toEqual({
      type: "store_failed",
      operation: "get",
      reason: {
        throws: "unavailable",
        rejects: "unavailable",
        hangs: "timeout",
        lies: "unreadable",
      }[how],
    });
  },
);

it.each([
  { nothing: undefined, failures: [] },
  { nothing: null, failures: [] },
  ...[false, 0, "", {}, []].map((nothing) => ({
    nothing,
    failures: [{ type: "store_failed", operation: "get", reason: "unreadable" }],
  })),
])(
  "CLI-18 takes $nothing of a store for a miss, and says so when it is no way to say nothing",
  async ({ nothing, failures }) => {
    await using fleet = await setUpFleet();
    const started = fleet.start({ store: { ...fleet.store, get: () => nothing as string } });

    expect(await valueOf(started)).toBe("access-token-1");
    expect(started.failures.slice(0, 1)).toEqual(failures);
  },
);

it("CLI-19 takes a lease that is neither given nor refused for a store that is down, and waits for nobody", async () => {
  await using fleet = await setUpFleet();
  const acquire = (): boolean => undefined as unknown as boolean;
  const started = fleet.start({ store: { ...fleet.store, acquire } });

  expect(await valueOf(started)).toBe("access-token-1");
  expect(started.failures).toMatchObject([{ operation: "acquire", reason: "unavailable" }]);
});

it(
  "CLI-18 a healthy server always leads to a token, whatever the store does",
  { timeout: 60_000 },
  async () => {
    await using fleet = await setUpFleet();
    const ways = fc.array(fc.constantFrom(...broken), { minLength: 6, maxLength: 6 });

    await fc.assert(
      fc.asyncProperty(ways, async (how) => {
        const store = breakStore(fleet.store, how);
        const { client } = fleet.start({ store, ports: {} });
        // A lease that nobody can end is waited for, and a caller waits longer than it lives.
        const token = await client.getToken({ maxWaitMs: 20_000 });
        expect(token.value).toMatch(/^access-token-/);
        await client.close();
      }),
      // A store that hangs takes a second each time.
      { numRuns: 8 },
    );
  },
);

it("CLI-18 keeps what nobody can read but who has the secret, under keys that say nothing", async () => {
  await using fleet = await setUpFleet();
  const first = fleet.start();
  const token = await valueOf(first);
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  const [[key = "", text = ""] = []] = fleet.written;

  expect(key).toMatch(/^token:[\w-]{43}$/);
  expect(text).toMatch(/^[\w-]+$/);
  for (const form of [text, Buffer.from(text, "base64url").toString("latin1")]) {
    for (const word of [token, "partner", "planted", "Bearer"]) expect(form).not.toContain(word);
  }
  const stranger = fleet.start({ clientSecret: "another-secret" });
  expect(await valueOf(stranger)).not.toBe(token);
  expect(stranger.failures).toContainEqual({
    type: "store_failed",
    operation: "get",
    reason: "unreadable",
  });
});

it("CLI-18 does not open an entry that was changed, or put under another key", async () => {
  await using fleet = await setUpFleet();
  await valueOf(fleet.start());
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  const [[key = "", text = ""] = []] = fleet.written;
  const moved = fleet.start({
    scope: ["decisions:read"],
    store: { ...fleet.store, get: () => text },
  });
  await valueOf(moved);
  await fleet.store.set(
    key,
    `${text.slice(0, 40)}${text[40] === "A" ? "B" : "A"}${text.slice(41)}`,
    60,
  );
  const changed = fleet.start();
  await valueOf(changed);

  expect(moved.failures[0]).toMatchObject({ reason: "unreadable" });
  expect(changed.failures[0]).toMatchObject({ reason: "unreadable" });
  expect(fleet.server.tokenRequests()).toHaveLength(3);
});

it("CLI-18 shares with a storeKey where two secrets are live, and asks for one", async () => {
  await using fleet = await setUpFleet();
  const storeKey = "0123456789abcdef0123456789abcdef";
  const clientSecret = ["newer-secret", "older-secret"] as const;

  const first = await valueOf(fleet.start({ clientSecret, storeKey }));
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));

  expect(await valueOf(fleet.start({ clientSecret: "newer-secret", storeKey }))).toBe(first);
  expect(() => fleet.start({ clientSecret })).toThrow("The option storeKey is missing");
  expect(() => fleet.start({ storeKey: "short" })).toThrow("The option storeKey is too short");
});

it("CLI-09 takes a valid token near its end from the store when the server is down", async () => {
  await using fleet = await setUpFleet();
  const token = await valueOf(fleet.start());
  await vi.waitFor(() => expect(fleet.written.size).toBe(1));
  fleet.clock.advance(880);
  fleet.server.script.token = () => ({ status: 400, body: { error: "invalid_client" } });

  expect(await valueOf(fleet.start())).toBe(token);
});

it("CLI-16 shares no token among keys, and each token among those who have its key", async () => {
  await using fleet = await setUpFleet();
  const { server, start } = fleet;
  server.tokenMembers["token_type"] = "DPoP";
  const [key, other] = await Promise.all([
    signatureEngine.generateKeyPair("ES256"),
    signatureEngine.generateKeyPair("ES256"),
  ]);
  const first = start({ dpop: dpop({ key }) });
  const second = start({ dpop: dpop({ key }) });
  const third = start({ dpop: dpop({ key: other }) });

  const values: string[] = [];
  for (const { client } of [first, second, third]) values.push((await client.getToken()).value);

  expect(values).toEqual(["access-token-1", "access-token-1", "access-token-2"]);
});

it("CLI-16 shares no token among resources", async () => {
  await using fleet = await setUpFleet();
  const resource = ["https://hub.example/partner/v1"];
  const processes = [fleet.start({ resource }), fleet.start({ resource }), fleet.start()];

  const values: string[] = [];
  for (const started of processes) values.push(await valueOf(started));

  expect(values).toEqual(["access-token-1", "access-token-1", "access-token-2"]);
});
