import type { RecordStore, VersionedRecord } from "../../ports.ts";

/** A record store that answers at once: several changes can be made with nothing happening between them. */
export interface MemoryRecordStore<Value> extends RecordStore<Value> {
  readonly get: (id: string) => VersionedRecord<Value> | undefined;
  readonly list: () => readonly VersionedRecord<Value>[];
  readonly compareAndSet: (
    id: string,
    expectedVersion: number,
    value: Value | undefined,
  ) => boolean;
}

/** Makes a record store for one process; versions count from 1 and are never used twice for an id. */
export function createMemoryRecordStore<Value>(): MemoryRecordStore<Value> {
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
