import type { RecordStore } from "../ports.ts";
import { assertSame } from "./contract.ts";
import type { CountedRecord } from "./record-store-contract.ts";
import type { SharedContractCase } from "./shared-contract.ts";
import { assertOneEach, numberNames } from "./shared-contract.ts";

const increments = 25;
const ids = numberNames("id", 50);

async function increment(store: RecordStore<CountedRecord>): Promise<void> {
  for (;;) {
    const { version, value } = (await store.get("counter")) ?? { version: 0, value: { count: 0 } };
    if (await store.compareAndSet("counter", version, { count: value.count + 1 })) return;
  }
}

/** What every {@link RecordStore} does that several processes share. */
export const sharedRecordStoreContract: readonly SharedContractCase<RecordStore<CountedRecord>>[] =
  [
    {
      name: "loses no update of any process",
      work: async (store) => {
        for (let count = 0; count < increments; count += 1) await increment(store);
        return [];
      },
      check: async (results, store) => {
        const expected = { count: results.length * increments };
        assertSame((await store.get("counter"))?.value, expected, "count");
      },
    },
    {
      name: "lets exactly one of all processes create a record, and keeps what that one wrote",
      work: async (store, { index }) => {
        const created: string[] = [];
        for (const id of ids) {
          if (await store.compareAndSet(id, 0, { count: index })) created.push(id);
        }
        return created;
      },
      check: async (results, store) => {
        assertOneEach(results, ids, "records not created by exactly one process");
        for (const [index, created] of results.entries()) {
          for (const id of created) {
            assertSame((await store.get(id))?.value, { count: index }, `value of ${id}`);
          }
        }
      },
    },
    {
      name: "lets exactly one of all processes delete a record",
      prepare: async (store) => {
        for (const id of ids) await store.compareAndSet(id, 0, { count: 1 });
      },
      work: async (store) => {
        const deleted: string[] = [];
        for (const id of ids) {
          const record = await store.get(id);
          if (record === undefined) continue;
          if (await store.compareAndSet(id, record.version, undefined)) deleted.push(id);
        }
        return deleted;
      },
      check: async (results) =>
        assertOneEach(results, ids, "records not deleted by exactly one process"),
    },
  ];
