import type { MaybePromise, RecordStore } from "../ports.ts";
import { createStoreGuard } from "../stores/guard-store.ts";
import type { AuthorizationServerPorts } from "./server-context.ts";

/** The stores that a server cannot do without. */
type StoreName = "clients" | "keys" | "rateLimiter" | "replayStore" | "revocationFeed";

/** Wraps the stores as the server calls them: every way to fail becomes one error, within bounded time. */
export function guardStores(
  ports: AuthorizationServerPorts,
  timeoutMs: number,
): AuthorizationServerPorts {
  const { clients, keys, rateLimiter, replayStore, revocationFeed, sleep } = ports;
  const guard: <Input extends readonly unknown[], Value>(
    store: StoreName,
    call: (...input: Input) => MaybePromise<Value>,
  ) => (...input: Input) => MaybePromise<Value> = createStoreGuard({ timeoutMs, sleep });
  const guardRecords = <Value>(
    store: StoreName,
    records: RecordStore<Value>,
  ): RecordStore<Value> => ({
    get: guard(store, (id) => records.get(id)),
    list: guard(store, () => records.list()),
    compareAndSet: guard(store, (...input) => records.compareAndSet(...input)),
  });

  return {
    ...ports,
    clients: guardRecords("clients", clients),
    keys: guardRecords("keys", keys),
    rateLimiter: { take: guard("rateLimiter", (...input) => rateLimiter.take(...input)) },
    replayStore: {
      putIfAbsent: guard("replayStore", (...input) => replayStore.putIfAbsent(...input)),
    },
    revocationFeed: {
      append: guard("revocationFeed", (revocation) => revocationFeed.append(revocation)),
      poll: guard("revocationFeed", (cursor) => revocationFeed.poll(cursor)),
      subscribe: (listener) => revocationFeed.subscribe(listener),
    },
  };
}
