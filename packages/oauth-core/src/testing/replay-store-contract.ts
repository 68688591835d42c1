import type { ReplayStore } from "../ports.ts";
import type { ContractCase, Wait } from "./contract.ts";
import { assertSame } from "./contract.ts";

/** An adapter under test. */
export interface ReplayStoreSubject {
  readonly replayStore: ReplayStore;

  /** Epoch seconds, by the clock of the adapter. */
  readonly now: () => number;
  readonly wait: Wait;
}

/** What every {@link ReplayStore} does. */
export const replayStoreContract: readonly ContractCase<ReplayStoreSubject>[] = [
  {
    name: "takes a key once",
    run: async ({ replayStore, now }) => {
      const expiresAt = now() + 60;
      assertSame(await replayStore.putIfAbsent("once", expiresAt), true, "first");
      assertSame(await replayStore.putIfAbsent("once", expiresAt), false, "second");
      assertSame(await replayStore.putIfAbsent("another", expiresAt), true, "another key");
    },
  },
  {
    name: "takes a key from exactly one of many at once",
    run: async ({ replayStore, now }) => {
      const expiresAt = now() + 60;
      for (let round = 0; round < 100; round += 1) {
        const verdicts = await Promise.all(
          Array.from({ length: 10 }, async () =>
            replayStore.putIfAbsent(`round ${round}`, expiresAt),
          ),
        );
        assertSame(verdicts.filter(Boolean).length, 1, `accepted in round ${round}`);
      }
    },
  },
  {
    name: "forgets a key at its end, and not before",
    run: async ({ replayStore, now, wait }) => {
      const expiresAt = now() + 2;
      await replayStore.putIfAbsent("short", expiresAt);
      await wait(1);
      assertSame(await replayStore.putIfAbsent("short", expiresAt), false, "before its end");
      await wait(1.5);
      assertSame(await replayStore.putIfAbsent("short", now() + 60), true, "after its end");
    },
  },
];
