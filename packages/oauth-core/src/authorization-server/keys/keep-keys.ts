import type { CancelSignal, Clock, Random, Sleep } from "../../ports.ts";

/** What keeps the keys in order for as long as a server runs. */
export interface KeyKeeper {
  /** Does what is due; resolves to when to look again at the latest (epoch seconds). */
  readonly maintain: () => Promise<number | undefined>;

  /** Called when `maintain` has failed; it is tried again. */
  readonly onFailure: (cause: unknown) => void;
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "fraction">;
  readonly sleep: Sleep;
}

/** Other nodes change the rows too, and clocks are set: no wait is longer. */
const longestWaitMs = 60_000;
const shortestWaitMs = 1000;

/** Keeps the keys in order until the signal aborts; never rejects. */
export async function keepKeys(keeper: KeyKeeper, signal: CancelSignal): Promise<void> {
  const { maintain, onFailure, clock, random, sleep } = keeper;
  let failuresInARow = 0;
  while (!signal.aborted) {
    let waitMs: number;
    try {
      const nextAt = await maintain();
      failuresInARow = 0;
      waitMs = ((nextAt ?? Infinity) - clock.now()) * 1000;
    } catch (cause) {
      onFailure(cause);
      waitMs = shortestWaitMs * 2 ** failuresInARow * (1 + random.fraction());
      failuresInARow += 1;
    }
    await sleep(Math.ceil(Math.max(shortestWaitMs, Math.min(waitMs, longestWaitMs))), signal);
  }
}
