import type { MaybePromise } from "@credicorp/oauth-core";
import {
  createControlledClock,
  leaseContract,
  tokenStoreContract,
} from "@credicorp/oauth-core/testing";
import type { SharedTokenStore } from "@credicorp/oauth-core/token-cache";
import { createMemoryTokenStore } from "@credicorp/oauth-core/token-cache";
import { describe, expect, it } from "vitest";

function setUp(): {
  readonly store: SharedTokenStore;
  readonly wait: (seconds: number) => Promise<void>;
} {
  const clock = createControlledClock();
  return {
    store: createMemoryTokenStore(clock),
    wait: async (seconds) => clock.advance(seconds),
  };
}

/** The same store behind a network: nothing is answered at once. */
function slow(store: SharedTokenStore): SharedTokenStore {
  const later = async <Value>(work: () => MaybePromise<Value>): Promise<Value> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return work();
  };
  return {
    get: (key) => later(() => store.get(key)),
    set: (key, text, ttlSeconds) => later(() => store.set(key, text, ttlSeconds)),
    delete: (key, text) => later(() => store.delete(key, text)),
    acquire: (key, owner, ttlMs) => later(() => store.acquire(key, owner, ttlMs)),
    renew: (key, owner, ttlMs) => later(() => store.renew(key, owner, ttlMs)),
    release: (key, owner) => later(() => store.release(key, owner)),
  };
}

describe("CLI-18 token store in memory", () => {
  it.each(tokenStoreContract)("$name", async ({ run }) => {
    const { store, wait } = setUp();

    await expect(run({ tokenStore: store, wait })).resolves.toBeUndefined();
  });

  it.each(tokenStoreContract)("$name, over a network", async ({ run }) => {
    const { store, wait } = setUp();

    await expect(run({ tokenStore: slow(store), wait })).resolves.toBeUndefined();
  });

  it.each(tokenStoreContract)("$name, with null for nothing", async ({ run }) => {
    const { store, wait } = setUp();
    const get = async (key: string): Promise<string | null> => (await store.get(key)) ?? null;

    await expect(run({ tokenStore: { ...store, get }, wait })).resolves.toBeUndefined();
  });

  it.each([false, "", 0])("the contract notices that nothing is %j", async (nothing) => {
    const { store, wait } = setUp();
    const get = async (key: string): Promise<string> =>
      (await store.get(key)) ?? (nothing as string);

    const outcomes = await Promise.allSettled(
      tokenStoreContract.map(({ run }) => run({ tokenStore: { ...store, get }, wait })),
    );

    expect(outcomes.some(({ status }) => status === "rejected")).toBe(true);
  });

  it("the contract notices a deletion in two steps", async () => {
    const { store, wait } = setUp();
    const network = slow(store);
    const careless: SharedTokenStore = {
      ...network,
      delete: async (key, text) => {
        if ((await network.get(key)) !== text) return false;
        return network.delete(key, (await store.get(key)) ?? "");
      },
    };

    const outcomes = await Promise.allSettled(
      tokenStoreContract.map(({ run }) => run({ tokenStore: careless, wait })),
    );

    expect(outcomes.some(({ status }) => status === "rejected")).toBe(true);
  });
});

describe("CLI-19 lease in memory", () => {
  it.each(leaseContract)("$name", async ({ run }) => {
    const { store, wait } = setUp();

    await expect(run({ lease: store, wait })).resolves.toBeUndefined();
  });

  it.each(leaseContract)("$name, over a network", async ({ run }) => {
    const { store, wait } = setUp();

    await expect(run({ lease: slow(store), wait })).resolves.toBeUndefined();
  });

  it.each([
    ["gives way to everybody", { acquire: () => true }],
    [
      "is released by anybody",
      { release: (store: SharedTokenStore) => store.release("a", "first") },
    ],
    ["never ends for who asks again", { renew: () => true }],
  ])("the contract notices a lease that %s", async (_flaw, flawed) => {
    const { store, wait } = setUp();
    const release = "release" in flawed ? () => flawed.release(store) : store.release;
    const lease = { ...store, ...flawed, release } as SharedTokenStore;

    const outcomes = await Promise.allSettled(leaseContract.map(({ run }) => run({ lease, wait })));

    expect(outcomes.some(({ status }) => status === "rejected")).toBe(true);
  });
});
