import type { RecordStore } from "../ports.ts";
import type { ContractCase } from "./contract.ts";
import { assertSame } from "./contract.ts";

/** A record of the contract. */
export interface CountedRecord {
  readonly count: number;
}

/** What every {@link RecordStore} does. */
export const recordStoreContract: readonly ContractCase<RecordStore<CountedRecord>>[] = [
  {
    name: "has nothing to begin with",
    run: async (store) => {
      assertSame((await store.get("a")) === undefined, true, "unknown id");
      assertSame(await store.list(), [], "list");
    },
  },
  {
    name: "creates a record once",
    run: async (store) => {
      assertSame(await store.compareAndSet("a", 0, { count: 1 }), true, "first");
      assertSame(await store.compareAndSet("a", 0, { count: 2 }), false, "second");
      assertSame((await store.get("a"))?.value, { count: 1 }, "value");
    },
  },
  {
    name: "writes only over the version that was read",
    run: async (store) => {
      await store.compareAndSet("a", 0, { count: 1 });
      const version = (await store.get("a"))?.version ?? 0;
      assertSame(await store.compareAndSet("a", version, { count: 2 }), true, "current version");
      assertSame(await store.compareAndSet("a", version, { count: 3 }), false, "old version");
      assertSame((await store.get("a"))?.value, { count: 2 }, "value");
    },
  },
  {
    name: "deletes, and never gives a version twice",
    run: async (store) => {
      await store.compareAndSet("a", 0, { count: 1 });
      const version = (await store.get("a"))?.version ?? 0;
      assertSame(await store.compareAndSet("a", version, undefined), true, "deletion");
      assertSame((await store.get("a")) === undefined, true, "deleted record");
      await store.compareAndSet("a", 0, { count: 9 });
      assertSame(await store.compareAndSet("a", version, { count: 8 }), false, "version of old");
    },
  },
  {
    name: "lists every record with its id",
    run: async (store) => {
      await store.compareAndSet("a", 0, { count: 1 });
      await store.compareAndSet("__proto__", 0, { count: 2 });
      const ids = (await store.list()).map(({ id }) => id).toSorted();
      assertSame(ids, ["__proto__", "a"], "ids");
    },
  },
  {
    name: "loses no update among many at once",
    run: async (store) => {
      await store.compareAndSet("a", 0, { count: 0 });
      const increment = async (): Promise<void> => {
        for (;;) {
          const record = await store.get("a");
          if (record === undefined) throw new Error("the record is gone");
          const next = { count: record.value.count + 1 };
          if (await store.compareAndSet("a", record.version, next)) return;
        }
      };
      await Promise.all(Array.from({ length: 50 }, increment));
      assertSame((await store.get("a"))?.value, { count: 50 }, "count");
    },
  },
];
