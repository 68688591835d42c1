/**
 * The stores as the server calls them: every way to fail becomes one error, within bounded time.
 *
 * @module
 */

import type { CancelSignal, MaybePromise, RecordStore } from "../ports.ts";
import type { AuthorizationServerPorts } from "./server-context.ts";
import type { StoreName } from "./store-outage.ts";
import { StoreUnavailableError } from "./store-outage.ts";

/**
 * Wraps the stores: what they throw or reject with is the cause of a {@link StoreUnavailableError}.
 *
 * With the port `sleep` the same holds for a store that does not answer within `timeoutMs`; without it, the adapter has
 * to see to that. Answers that are there at once, as those of memory are, cost no timer.
 */
export function guardStores(
  ports: AuthorizationServerPorts,
  timeoutMs: number,
): AuthorizationServerPorts {
  const { clients, keys, rateLimiter, replayStore, revocationFeed, sleep } = ports;
  const guard =
    <Input extends readonly unknown[], Value>(
      store: StoreName,
      call: (...input: Input) => MaybePromise<Value>,
    ): ((...input: Input) => MaybePromise<Value>) =>
    (...input) => {
      let outcome: MaybePromise<Value>;
      try {
        outcome = call(...input);
      } catch (cause) {
        throw new StoreUnavailableError(store, { what: "failed", cause });
      }
      return isPromise(outcome) ? settle(store, Promise.resolve(outcome)) : outcome;
    };
  const settle = async <Value>(store: StoreName, pending: Promise<Value>): Promise<Value> => {
    const failing = pending.catch((cause: unknown): never => {
      throw new StoreUnavailableError(store, { what: "failed", cause });
    });
    if (sleep === undefined) return failing;
    const patience = createCancellation();
    const late = sleep(timeoutMs, patience.signal).then((): never => {
      throw new StoreUnavailableError(store, { what: `did not answer within ${timeoutMs} ms` });
    });
    // Once the race is over, what the loser does concerns nobody.
    late.catch(() => undefined);
    return Promise.race([failing, late]).finally(patience.cancel);
  };
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

/** Not by its class, which differs between realms and libraries. */
function isPromise<Value>(outcome: MaybePromise<Value>): outcome is Promise<Value> {
  return typeof outcome === "object" && outcome !== null && "then" in outcome;
}

/** A signal that is aborted from here, so that no timer outlives the call that it was for. */
function createCancellation(): { readonly signal: CancelSignal; readonly cancel: () => void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    cancel: () => {
      aborted = true;
      for (const listener of listeners) listener();
    },
  };
}
