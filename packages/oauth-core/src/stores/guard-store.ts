import { createCancellation } from "../cancellation.ts";
import type { MaybePromise, Sleep } from "../ports.ts";
import { StoreUnavailableError } from "./store-unavailable.ts";

/** Wraps a call of a store, which has that name. */
export type GuardStore = <Input extends readonly unknown[], Value>(
  store: string,
  call: (...input: Input) => MaybePromise<Value>,
) => (...input: Input) => MaybePromise<Value>;

/**
 * Makes what wraps the calls of stores: what they throw or reject with is the cause of a {@link StoreUnavailableError}.
 *
 * With `sleep` the same holds for a store that does not answer within `timeoutMs`; without it, the adapter has to see to
 * that. Answers that are there at once, as those of memory are, cost no timer.
 */
export function createStoreGuard({
  timeoutMs,
  sleep,
}: {
  readonly timeoutMs: number;
  readonly sleep: Sleep | undefined;
}): GuardStore {
  const settle = async <Value>(store: string, pending: Promise<Value>): Promise<Value> => {
    const failing = pending.catch((cause: unknown): never => {
      throw new StoreUnavailableError(store, { what: "failed", cause });
    });
    if (sleep === undefined) return failing;
    // So that no timer outlives the call that it is for.
    const patience = createCancellation();
    const late = sleep(timeoutMs, patience.signal).then((): never => {
      throw new StoreUnavailableError(store, { what: `did not answer within ${timeoutMs} ms` });
    });
    // Once the race is over, what the loser does concerns nobody.
    late.catch(() => undefined);
    return Promise.race([failing, late]).finally(patience.cancel);
  };
  return (store, call) =>
    (...input) => {
      let outcome: ReturnType<typeof call>;
      try {
        outcome = call(...input);
      } catch (cause) {
        throw new StoreUnavailableError(store, { what: "failed", cause });
      }
      return isPromise(outcome) ? settle(store, Promise.resolve(outcome)) : outcome;
    };
}

/** Not by its class, which differs between realms and libraries. */
function isPromise<Value>(outcome: MaybePromise<Value>): outcome is Promise<Value> {
  return typeof outcome === "object" && outcome !== null && "then" in outcome;
}
