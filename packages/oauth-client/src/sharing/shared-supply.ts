import type { Clock, Random, Sleep } from "@credicorp/oauth-core";
import { ok } from "@credicorp/oauth-core";
import type { AccessToken, Instant } from "@credicorp/oauth-core/token-cache";
import { ageMs, isNewer, isWorthTaking } from "@credicorp/oauth-core/token-cache";

import type { RequestToken, TokenSupply, TokenWish } from "../tokens/token-supply.ts";
import type { SharedEntry } from "./shared-entry.ts";
import type { TokenLease } from "./token-lease.ts";

/** What {@link createSharedSupply} needs. */
export interface SharedSupplyOptions {
  readonly request: RequestToken;
  readonly entry: SharedEntry;
  readonly lease: TokenLease;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;

  /** Whether one caller may await what another has begun; else each awaits its own writing, which would end with it. */
  readonly sharesPromises: boolean;

  /** Milliseconds that one process waits for others before it asks beside them. */
  readonly maxTurnMs: number;
}

/** How a process may go on. */
interface Turn {
  /** The token of another process, which saves a request. */
  readonly found?: AccessToken;

  /** Valid, and near its end: better than none. */
  readonly spare?: AccessToken | undefined;

  /** Ends the lease that was given for this turn. */
  readonly release?: () => Promise<void>;
  readonly isStoreDown?: boolean;
}

const firstPollMs = 50;
const maxPollMs = 500;

/**
 * Makes the supply of a process that shares with others: it takes what they have asked for, and otherwise one of them
 * asks, while the rest look for its token.
 */
export function createSharedSupply(options: SharedSupplyOptions): TokenSupply {
  const { request, entry, lease, clock, sleep, random, sharesPromises, maxTurnMs } = options;
  let tail: Promise<void> = Promise.resolve();

  /** Where promises are shared no caller waits for the store, and what is done there is done in order. */
  function later(work: () => Promise<void>): Promise<void> | undefined {
    if (!sharesPromises) return work();
    tail = tail.then(work);
    return undefined;
  }

  async function look({ replaces }: TokenWish): Promise<Turn> {
    const read = await entry.read();
    if (!read.ok) return { isStoreDown: true };
    const token = read.value;
    if (token === undefined || !isNewer(token, replaces)) return {};
    return isWorthTaking(token, readInstant(clock)) ? { found: token } : { spare: token };
  }

  async function awaitTurn(wish: TokenWish): Promise<Turn> {
    const untilMs = clock.monotonicMs() + maxTurnMs;
    for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
      const seen = await look(wish);
      if (seen.isStoreDown || seen.found !== undefined || wish.signal.aborted) return seen;
      const release = await lease.acquire();
      if (release === "store_down") return { ...seen, isStoreDown: true };
      // Another may have put its token there between the look and the lease.
      if (release !== "held_by_another") return { ...(await look(wish)), release };
      if (clock.monotonicMs() >= untilMs) return seen;
      await sleep(pollMs * (0.5 + random.fraction()), wish.signal);
    }
  }

  return {
    obtain: async (wish) => {
      const { found, spare, release, isStoreDown } = await awaitTurn(wish);
      if (found !== undefined) {
        if (release !== undefined) await later(release);
        return ok({ token: found, isShared: true });
      }
      const result = await request(wish.signal);
      await later(async () => {
        // After an abort nobody knows what the token is worth: the one before it was rejected meanwhile, or nobody waits.
        if (result.ok && !isStoreDown && !wish.signal.aborted) await entry.write(result.value);
        await release?.();
      });
      if (result.ok) return ok({ token: result.value, isShared: false });
      if (spare === undefined || ageMs(spare, readInstant(clock)) >= spare.lifetimeMs)
        return result;
      return ok({ token: spare, isShared: true });
    },
    evict: (token) => void later(() => entry.remove(token)),
  };
}

function readInstant({ monotonicMs, now }: Clock): Instant {
  return { monotonicMs: monotonicMs(), epochSeconds: now() };
}
