import type { Clock, SignatureAlgorithm, SignatureEngine } from "@credicorp/oauth-core";
import type { KeyRecord, MemoryRecordStore } from "@credicorp/oauth-core/authorization-server";
import { createMemoryRecordStore } from "@credicorp/oauth-core/authorization-server";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

import type { SandboxKeyStore } from "./sandbox-keys.ts";
import { createSandboxKeys } from "./sandbox-keys.ts";

/** A change of the keys that is worked out beside those in use, as making a key takes a while. */
export interface KeyChange {
  /** Whether the keys in use still are those that it was worked out from. */
  readonly isCurrent: () => boolean;

  /** Puts it in their place, all at once. */
  readonly commit: () => void;
}

/** The keys that belong to the configuration of a sandbox and not to what happens in it. */
export interface LastingKeys {
  /** Takes keys made elsewhere, and makes one of every algorithm that has none: what a sandbox begins with. */
  readonly begin: (
    given: readonly PrivateJwk[],
    algorithms: readonly SignatureAlgorithm[],
  ) => Promise<void>;

  /** Makes a key of every algorithm that has none; the JWKS shows it for `announceSeconds` before it signs. */
  readonly ensure: (
    algorithms: readonly SignatureAlgorithm[],
    announceSeconds: number,
  ) => Promise<void>;

  /** The same, to be done later. */
  readonly planEnsure: (algorithms: readonly SignatureAlgorithm[]) => Promise<KeyChange>;

  /**
   * What a reset makes of the keys: all stay, unless the run is to be repeated; then they are those of the beginning. A
   * key of each algorithm that is needed may sign afterwards, though the clock is set back.
   */
  readonly planReset: (algorithms: readonly SignatureAlgorithm[]) => Promise<KeyChange>;
}

/** Makes them over the keys in use. */
export function createLastingKeys(options: {
  readonly records: MemoryRecordStore<KeyRecord>;
  readonly clock: Clock;

  /** The clock that a reset goes back to. */
  readonly base: Clock;
  readonly signatureEngine: SignatureEngine;
  readonly retainMarginSeconds: number;

  /** Whether a reset goes back to the keys of the beginning. */
  readonly isRepeatable: boolean;
}): LastingKeys {
  const { records, clock, base, signatureEngine, retainMarginSeconds, isRepeatable } = options;
  const keysIn = (store: MemoryRecordStore<KeyRecord>, by: Clock): SandboxKeyStore =>
    createSandboxKeys({ records: store, clock: by, signatureEngine, retainMarginSeconds });
  let first: readonly KeyRecord[] = [];

  const plan = async (
    rows: readonly KeyRecord[],
    work: (beside: MemoryRecordStore<KeyRecord>) => Promise<void>,
  ): Promise<KeyChange & { readonly rows: readonly KeyRecord[] }> => {
    const before = records.list();
    const beside = createMemoryRecordStore<KeyRecord>();
    for (const row of rows) beside.compareAndSet(row.kid, 0, row);
    await work(beside);
    const planned = rowsOf(beside);
    return {
      rows: planned,
      isCurrent: () => isSame(records.list(), before),
      commit: () => replaceRows(records, planned),
    };
  };

  return {
    begin: async (given, algorithms) => {
      const keys = keysIn(records, clock);
      for (const [index, jwk] of given.entries()) await keys.add(jwk, `signingKeys[${index}]`);
      await keys.ensure(algorithms, 0);
      first = rowsOf(records);
    },
    ensure: async (algorithms, announceSeconds) => {
      const made = await keysIn(records, clock).ensure(algorithms, announceSeconds);
      first = [...first, ...made];
    },
    planEnsure: async (algorithms) => {
      let made: readonly KeyRecord[] = [];
      const change = await plan(rowsOf(records), async (beside) => {
        made = await keysIn(beside, clock).ensure(algorithms, 0);
      });
      return {
        isCurrent: change.isCurrent,
        commit: () => {
          if (made.length === 0) return;
          change.commit();
          first = [...first, ...made];
        },
      };
    },
    planReset: async (algorithms) => {
      const change = await plan(isRepeatable ? first : rowsOf(records), (beside) =>
        keysIn(beside, base).ensureSigning(algorithms),
      );
      return {
        isCurrent: change.isCurrent,
        commit: () => {
          if (!isSame(rowsOf(records), change.rows)) change.commit();
          first = change.rows;
        },
      };
    },
  };
}

function rowsOf(records: MemoryRecordStore<KeyRecord>): readonly KeyRecord[] {
  return records.list().map(({ value }) => value);
}

/** Whoever changes a row makes another object of it. */
function isSame(rows: readonly unknown[], before: readonly unknown[]): boolean {
  return rows.length === before.length && rows.every((row, index) => row === before[index]);
}

/** Each row is written anew, so that all are in their order, and so that whoever changes one just now sees it. */
function replaceRows(records: MemoryRecordStore<KeyRecord>, rows: readonly KeyRecord[]): void {
  for (const { id, version } of records.list()) records.compareAndSet(id, version, undefined);
  for (const row of rows) records.compareAndSet(row.kid, 0, row);
}
