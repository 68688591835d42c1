import type { Lease } from "../token-cache/token-store.ts";
import type { ContractCase, Wait } from "./contract.ts";
import { assertSame } from "./contract.ts";

/** An adapter under test. */
export interface LeaseSubject {
  readonly lease: Lease;
  readonly wait: Wait;
}

const minuteMs = 60_000;

/** What every {@link Lease} does. */
export const leaseContract: readonly ContractCase<LeaseSubject>[] = [
  {
    name: "belongs to one owner at a time, and to each key its own",
    run: async ({ lease }) => {
      assertSame(await lease.acquire("a", "first", minuteMs), true, "first owner");
      assertSame(await lease.acquire("a", "second", minuteMs), false, "second owner");
      assertSame(await lease.acquire("b", "second", minuteMs), true, "another key");
    },
  },
  {
    name: "is had by exactly one of many at once",
    run: async ({ lease }) => {
      for (let round = 0; round < 50; round += 1) {
        const verdicts = await Promise.all(
          Array.from({ length: 10 }, async (_, owner) =>
            lease.acquire(`round ${round}`, `owner ${owner}`, minuteMs),
          ),
        );
        assertSame(verdicts.filter(Boolean).length, 1, `owners in round ${round}`);
      }
    },
  },
  {
    name: "ends by itself, and not before its time",
    run: async ({ lease, wait }) => {
      await lease.acquire("short", "first", 2000);
      await wait(1);
      assertSame(await lease.acquire("short", "second", minuteMs), false, "before its end");
      await wait(1.5);
      assertSame(await lease.renew("short", "first", minuteMs), false, "renewal after its end");
      assertSame(await lease.acquire("short", "second", minuteMs), true, "after its end");
    },
  },
  {
    name: "gets a new end from its owner, by either function",
    run: async ({ lease, wait }) => {
      await lease.acquire("renewed", "first", 1000);
      assertSame(await lease.renew("renewed", "first", minuteMs), true, "renewal");
      await lease.acquire("repeated", "first", 1000);
      assertSame(await lease.acquire("repeated", "first", minuteMs), true, "repetition");
      await wait(1.5);
      assertSame(await lease.acquire("renewed", "second", minuteMs), false, "after the renewal");
      assertSame(await lease.acquire("repeated", "second", minuteMs), false, "after repetition");
    },
  },
  {
    name: "is released by its owner alone",
    run: async ({ lease }) => {
      await lease.acquire("a", "first", minuteMs);
      assertSame(await lease.release("a", "second"), false, "by another");
      assertSame(await lease.renew("a", "second", minuteMs), false, "renewal by another");
      assertSame(await lease.acquire("a", "second", minuteMs), false, "while it is held");
      assertSame(await lease.release("a", "first"), true, "by its owner");
      assertSame(await lease.acquire("a", "second", minuteMs), true, "afterwards");
    },
  },
  {
    name: "is not taken from its next owner by one who comes late",
    run: async ({ lease, wait }) => {
      await lease.acquire("late", "first", 1000);
      await wait(1.5);
      await lease.acquire("late", "second", minuteMs);
      assertSame(await lease.release("late", "first"), false, "late release");
      assertSame(await lease.acquire("late", "third", minuteMs), false, "afterwards");
    },
  },
  {
    name: "keeps many at once from losing a count",
    run: async ({ lease }) => {
      let inside = 0;
      let done = 0;
      const work = async (owner: string): Promise<void> => {
        for (let tries = 0; !(await lease.acquire("count", owner, minuteMs)); tries += 1) {
          if (tries > 1000) throw new Error(`${owner} never had its turn`);
        }
        inside += 1;
        assertSame(inside, 1, "owners at once");
        await lease.renew("count", owner, minuteMs);
        inside -= 1;
        done += 1;
        await lease.release("count", owner);
      };
      await Promise.all(Array.from({ length: 20 }, async (_, owner) => work(`owner ${owner}`)));
      assertSame(done, 20, "owners that had their turn");
    },
  },
];
