/**
 * How one key comes to succeed another, on many nodes with one store.
 *
 * The decision is one compare-and-set on the row of the key that is succeeded: it holds the new key until that has a row
 * of its own. So each rotation happens once, at every moment some key may sign, and whatever a node that stopped halfway
 * has left undone, any other does.
 *
 * @module
 */

import type { Clock, RecordStore, VersionedRecord } from "../../ports.ts";
import type { KeyRecord, KeySuccessor } from "./key-record.ts";

/** What a succession works with. */
export interface KeySuccessionPorts {
  readonly keys: RecordStore<KeyRecord>;
  readonly clock: Pick<Clock, "now">;
}

/** Decides which key succeeds; resolves to `false` when the row has changed meanwhile. */
export async function chooseSuccessor(
  row: VersionedRecord<KeyRecord>,
  successor: KeySuccessor,
  { keys }: KeySuccessionPorts,
): Promise<boolean> {
  return keys.compareAndSet(row.id, row.version, { ...row.value, successor });
}

/**
 * Announces the successor of a key, if one was chosen; of many nodes that do it at once, the first sets the dates.
 *
 * Resolves to the row that this call has made, if it has.
 */
export async function announceSuccessor(
  kid: string,
  { keys, clock }: KeySuccessionPorts,
): Promise<KeyRecord | undefined> {
  const row = await keys.get(kid);
  const successor = row?.value.successor;
  if (row === undefined || successor === undefined) return undefined;
  const announceAt = clock.now();
  const record: KeyRecord = {
    kid: successor.kid,
    algorithm: row.value.algorithm,
    jwk: successor.jwk,
    announceAt,
    signAt: Math.max(successor.dueAt, announceAt + successor.announceSeconds),
    createdAt: announceAt,
    generation: (row.value.generation ?? 0) + 1,
  };
  const isMade = await keys.compareAndSet(successor.kid, 0, record);
  await amendKey(
    kid,
    ({ successor: chosen, ...value }) => (chosen?.kid === successor.kid ? value : undefined),
    keys,
  );
  return isMade ? record : undefined;
}

/** Changes the row of a key, again when another node was quicker; `undefined` leaves it as it is. */
export async function amendKey(
  kid: string,
  change: (value: KeyRecord) => KeyRecord | undefined,
  keys: RecordStore<KeyRecord>,
): Promise<void> {
  for (;;) {
    const row = await keys.get(kid);
    const next = row && change(row.value);
    if (row === undefined || next === undefined) return;
    if (await keys.compareAndSet(kid, row.version, next)) return;
  }
}
