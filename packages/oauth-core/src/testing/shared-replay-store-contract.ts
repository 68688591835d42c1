import { assertSame } from "./contract.ts";
import type { ReplayStoreSubject } from "./replay-store-contract.ts";
import type { SharedContractCase } from "./shared-contract.ts";
import { assertOneEach, numberNames } from "./shared-contract.ts";

const keys = numberNames("key", 200);
const shortKeys = numberNames("short", 50);

/** What every {@link ReplayStore} does that several processes share. */
export const sharedReplayStoreContract: readonly SharedContractCase<ReplayStoreSubject>[] = [
  {
    name: "takes each key from exactly one of all processes",
    work: async ({ replayStore, now }) => {
      const expiresAt = now() + 60;
      const taken: string[] = [];
      for (const key of keys) if (await replayStore.putIfAbsent(key, expiresAt)) taken.push(key);
      return taken;
    },
    check: async (results, { replayStore, now }) => {
      assertOneEach(results, keys, "keys not taken by exactly one process");
      const again: string[] = [];
      for (const key of keys) if (await replayStore.putIfAbsent(key, now() + 60)) again.push(key);
      assertSame(again, [], "keys taken once more afterwards");
    },
  },
  {
    // A process that comes late delays the keys it puts, for all: the last one to try finds them free.
    name: "takes a key whose time was up from exactly one of all processes",
    work: async ({ replayStore, now, wait }) => {
      for (const key of shortKeys) await replayStore.putIfAbsent(key, now() + 1);
      await wait(1.5);
      const taken: string[] = [];
      for (const key of shortKeys) {
        if (await replayStore.putIfAbsent(key, now() + 60)) taken.push(key);
      }
      return taken;
    },
    check: async (results) =>
      assertOneEach(results, shortKeys, "keys not taken again by exactly one process"),
  },
];
