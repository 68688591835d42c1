import type { RecordStore, VersionedRecord } from "@credicorp/oauth-core";
import type {
  KeyRecord,
  KeyRotationPorts,
  KeySchedule,
} from "@credicorp/oauth-core/authorization-server";
import {
  createMemoryRecordStore,
  maintainKeys,
  publishedKeys,
  rotateKey,
  signingKeyRecord,
} from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";

import { bytes, digest } from "../../support/node-ports.ts";

export const start = 1_700_000_000;
const tokenLifeSeconds = 3600;
const cacheSeconds = 300;
export const maxLagSeconds = 300;
export const schedule: KeySchedule = {
  everySeconds: 5000,
  announceSeconds: 600,
  retainMarginSeconds: 600,
  algorithms: ["ES256"],
};

export type Step =
  | { readonly kind: "advance"; readonly seconds: number }
  | {
      readonly kind: "work";
      /** At once, each on the node of its place; `undefined` does nothing. */
      readonly jobs: readonly (Job | undefined)[];
    };

/** What a node does; it dies at the write with this number, before it or after it. */
export interface Job {
  readonly kind: "maintain" | "rotate";
  readonly announceSeconds: number;
  readonly diesAt?: number | undefined;
  readonly diesBefore: boolean;

  /** For how many turns each of its calls of the store is on its way. */
  readonly turns: number;
}

/** Several nodes over one store, and everything that must hold between them at every moment. */
export function createKeyNodes(lags: readonly number[]) {
  const clock = createControlledClock(start);
  const store = createMemoryRecordStore<KeyRecord>();
  const violations = new Set<string>();
  const must = (holds: boolean, promise: string): void => {
    if (!holds) violations.add(promise);
  };
  const rows = (): readonly VersionedRecord<KeyRecord>[] => [...(store.list() as never[])];
  const history: { readonly kid: string; readonly by: Job["kind"]; readonly signAt: number }[] = [];
  const firstShown = lags.map(() => new Map<string, number>());
  const lastSigned = new Map<string, number>();
  const gone = new Set<string>();
  let made = 0;

  const nodes = lags.map((lagSeconds) => {
    let view = rows();
    let seenAt = clock.now();
    const refresh = (): void => {
      view = rows();
      seenAt = clock.now();
    };
    const read = (): readonly VersionedRecord<KeyRecord>[] => {
      if (clock.now() - seenAt >= lagSeconds) refresh();
      return view;
    };
    return { read, refresh, staleAt: () => seenAt + lagSeconds };
  });

  /** The store as a node meets it while it does a job: far away, cached, and with the node's death at some write. */
  const storeFor = (index: number, job: Job): RecordStore<KeyRecord> => {
    const node = nodes[index];
    if (node === undefined) throw new Error("no such node");
    let writes = 0;
    const travel = async (): Promise<void> => {
      for (let turn = 0; turn < job.turns; turn += 1) await Promise.resolve();
    };
    return {
      list: async () => {
        await travel();
        return node.read();
      },
      get: async (id) => {
        await travel();
        return node.read().find((row) => row.id === id);
      },
      compareAndSet: async (id, version, value) => {
        await travel();
        writes += 1;
        if (writes === job.diesAt && job.diesBefore) throw new Error("the node died");
        const isNew = !rows().some((row) => row.id === id);
        const isDone = store.compareAndSet(id, version, value);
        node.refresh();
        if (isDone && isNew && value !== undefined) {
          must(!history.some(({ kid }) => kid === id), "no kid is used again");
          history.push({ kid: id, by: makers.get(id) ?? job.kind, signAt: value.signAt });
        }
        if (writes === job.diesAt) throw new Error("the node died");
        await travel();
        return isDone;
      },
    };
  };
  const makers = new Map<string, Job["kind"]>();

  const run = async (index: number, job: Job): Promise<void> => {
    const ports: KeyRotationPorts = {
      clock,
      bytes,
      digest,
      keys: storeFor(index, job),
      signatureEngine: {
        generateKeyPair: async () => {
          made += 1;
          const x = bytes.encodeBase64url(
            new Uint8Array(32)
              .fill(0)
              .with(0, made % 256)
              .with(1, made >> 8),
          );
          return { kty: "EC", crv: "P-256", x, y: x, d: x };
        },
      },
    };
    const { announceSeconds } = job;
    const { retainMarginSeconds } = schedule;
    const rotation = { algorithm: "ES256", announceSeconds, retainMarginSeconds } as const;
    try {
      if (job.kind === "rotate") await rotateKey(rotation, ports);
      else await maintainKeys(schedule, ports);
    } catch (error) {
      if (!(error instanceof Error && error.message === "the node died")) throw error;
    }
    for (const { value } of rows()) {
      const kid = value.successor?.kid;
      if (kid !== undefined && !makers.has(kid)) makers.set(kid, job.kind);
    }
  };

  /** Looks at what every node shows and signs with, now. */
  const observe = (): void => {
    const now = clock.now();
    const truth = publishedKeys(
      rows().map(({ value }) => value),
      now,
    ).map(({ kid }) => kid);
    const signers = nodes.map((node, index) => {
      const view = node.read().map(({ value }) => value);
      const shown = publishedKeys(view, now).map(({ kid }) => kid);
      for (const kid of shown) {
        if (!firstShown[index]?.has(kid)) firstShown[index]?.set(kid, now);
      }
      for (const [kid, at] of lastSigned) {
        must(now >= at + tokenLifeSeconds || shown.includes(kid), "a token outlives no key");
      }
      return signingKeyRecord(view, { algorithm: "ES256", now })?.kid;
    });
    const [signer] = signers;
    must(signer !== undefined, "some key may sign");
    must(new Set(signers).size === 1, "all nodes sign with the same key");
    for (const { kid } of history) {
      if (truth.includes(kid)) must(!gone.has(kid), "a key that has gone does not come back");
      else if (lastSigned.has(kid)) gone.add(kid);
    }
    if (signer === undefined) return;
    if (signer !== history[0]?.kid && !lastSigned.has(signer)) {
      const shownAt = firstShown.map((seen) => seen.get(signer) ?? Infinity);
      must(Math.min(...shownAt) <= now - schedule.announceSeconds, "a key is announced in time");
      must(Math.max(...shownAt) <= now - cacheSeconds, "every node shows a key before one signs");
    }
    lastSigned.set(signer, now);
  };

  /** Lets time pass, with a look at every moment at which something may change. */
  const advance = (seconds: number): void => {
    const end = clock.now() + seconds;
    for (;;) {
      const now = clock.now();
      const dates = [
        ...nodes.map(({ staleAt }) => staleAt()),
        ...rows().flatMap(({ value }) => [value.signAt, value.retainAt, value.removeAt]),
      ].flatMap((date = Infinity) => [date - 0.5, date]);
      const next = Math.min(end, ...dates.filter((date) => date > now));
      clock.advance(next - now);
      observe();
      if (next >= end) return;
    }
  };

  return {
    apply: async (step: Step): Promise<void> => {
      if (step.kind === "advance") return advance(step.seconds);
      await Promise.all(
        step.jobs.map(async (job, index) => {
          if (job !== undefined) await run(index, job);
        }),
      );
      observe();
    },
    begin: async (): Promise<void> => {
      await run(0, { kind: "maintain", announceSeconds: 0, diesBefore: false, turns: 0 });
      for (const node of nodes) node.refresh();
      observe();
    },
    violations,
    history,
    now: clock.now,
    rows,
  };
}
