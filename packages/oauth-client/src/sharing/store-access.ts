import type { MaybePromise, Result, Sleep } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { TokenReport } from "@credicorp/oauth-core/token-cache";

import { settleWithin } from "../waiting/settle-within.ts";

type StoreFailure = Extract<TokenReport, { readonly type: "store_failed" }>;

/** Asks a store that may throw, reject or hang; never rejects. Failures are reported and not repeated. */
export type StoreAccess = <Value>(
  operation: StoreFailure["operation"],
  ask: () => MaybePromise<Value>,
) => Promise<Result<Value, "store_down">>;

/** What {@link createStoreAccess} needs. */
export interface StoreAccessOptions {
  readonly sleep: Sleep;
  readonly timeoutMs: number;
  readonly report: (report: StoreFailure) => void;
}

/** Makes the one way to a store: what goes wrong there is a miss, and never an outage. */
export function createStoreAccess({ sleep, timeoutMs, report }: StoreAccessOptions): StoreAccess {
  return async (operation, ask) => {
    try {
      const asking = (async () => ok(await ask()))();
      const answer = await settleWithin(asking, { timeoutMs, sleep });
      if (answer !== undefined) return answer;
      report({ type: "store_failed", operation, reason: "timeout" });
    } catch {
      // What a store throws may hold an entry, or the address of a server with its password.
      report({ type: "store_failed", operation, reason: "unavailable" });
    }
    return failed("store_down");
  };
}
