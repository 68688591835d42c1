import type { RecordStore, VersionedRecord } from "../../ports.ts";

/** Makes a record store for one process; versions count from 1 and are never used twice for an id. */
export function createMemoryRecordStore<Value>(): RecordStore<Value> {
  const records = new Map<string, VersionedRecord<Value>>();
  // Outlives the record, so that a writer who saw the deleted one cannot overwrite its successor.
  const lastVersions = new Map<string, number>();

  return {
    get: (id) => records.get(id),
    list: () => [...records.values()],
    compareAndSet: (id, expectedVersion, value) => {
      if ((records.get(id)?.version ?? 0) !== expectedVersion) return false;
      if (value === undefined) {
        records.delete(id);
        return true;
      }
      const version = (lastVersions.get(id) ?? 0) + 1;
      lastVersions.set(id, version);
      records.set(id, { id, version, value });
      return true;
    },
  };
}
