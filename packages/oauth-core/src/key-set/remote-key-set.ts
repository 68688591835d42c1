/**
 * The shell of the key-set machine: it runs the effects, over ports alone.
 *
 * @module
 */

import type { Clock, MaybePromise, Random } from "../ports.ts";
import type { SignatureAlgorithm, SignatureEngine } from "../signature-engine.ts";
import type { Result } from "../result.ts";
import { createCancellation } from "../cancellation.ts";
import type { FetchOutcome } from "./end-fetch.ts";
import { endFetch } from "./end-fetch.ts";
import type { ExportedKeySet } from "./exported-key-set.ts";
import { exportKeySet } from "./exported-key-set.ts";
import { checkImportTimes, importedKeySet } from "./import-key-set.ts";
import type { KeyQuery } from "./key-set-key.ts";
import { findKey, importKeys } from "./key-set-key.ts";
import type { SettledKeyLookup } from "./key-set-machine.ts";
import { lookUpKey } from "./key-set-machine.ts";
import type { KeySetOptions } from "./key-set-options.ts";
import type { KeySetReport } from "./key-set-report.ts";
import { createKeySetReporter } from "./key-set-reporter.ts";
import type { KeySetSource } from "./key-set-source.ts";
import type { KeySetPhase } from "./key-set-state.ts";
import { emptyKeySet, keySetPhase } from "./key-set-state.ts";
import type { ShareFetch } from "./shared-fetch.ts";
import { shareByPromise } from "./shared-fetch.ts";

/** The condition of a set of keys. */
export interface KeySetHealth {
  readonly phase: KeySetPhase;
  readonly keyIds: readonly (string | undefined)[];

  /** Failures in a row. */
  readonly failures: number;

  /** Why the last attempt failed; `undefined` after a success. */
  readonly lastFailure: string | undefined;

  /** Why the initial keys were not served; absent: they were, or there were none. */
  readonly importRefusal?: string | undefined;
}

/** The keys of one place. */
export interface RemoteKeySet {
  /** Answers at once with a fresh key. */
  readonly lookUpKey: (query: KeyQuery) => MaybePromise<SettledKeyLookup>;

  /** Loads the keys if there are none, and tells how it went. */
  readonly load: () => Promise<KeySetHealth>;
  readonly health: () => KeySetHealth;

  /** Returns the keys that are served now, for a later process; `undefined` when there are none. */
  readonly exportKeys: (issuer: string) => ExportedKeySet | undefined;

  /** Ends a fetch in flight; later ones end at once, as their signal has been aborted. */
  readonly close: () => void;
}

/** What a remote set needs from outside. */
export interface RemoteKeySetPorts {
  readonly clock: Clock;
  readonly random: Pick<Random, "fraction">;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey">;
}

/** Has the keys that an earlier process exported; must not reject. */
export type InitialKeys = () => Promise<Result<ExportedKeySet, { readonly code: string }>>;

/** Runs the key-set machine: no timers, so that nothing keeps the process alive; refreshes happen on access. */
export function createRemoteKeySet(
  source: KeySetSource,
  options: {
    readonly keySet: KeySetOptions;
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly ports: RemoteKeySetPorts;

    /** How lookups share a fetch. @defaultValue `shareByPromise` */
    readonly share?: ShareFetch | undefined;

    /** Served until the issuer has answered, which is asked at once; absent: nothing is fetched before a lookup. */
    readonly initialKeys?: InitialKeys | undefined;

    /** Hears what happens to the keys; must not throw. */
    readonly report?: ((report: KeySetReport) => void) | undefined;
  },
): RemoteKeySet {
  const { keySet, algorithms, ports, initialKeys } = options;
  const { report = () => undefined, share = shareByPromise } = options;
  const { clock, random, signatureEngine } = ports;
  const { signal, cancel } = createCancellation();
  let state = emptyKeySet(keySet);
  let importRefusal: string | undefined;
  const reporter = createKeySetReporter(report);

  const obtainKeys = async (): Promise<FetchOutcome> => {
    const jitter = random.fraction();
    try {
      const received = await source({ signal, validator: state.validator });
      if (!received.ok) return { kind: "failed", reason: received.failure.code, jitter };
      const answer = received.value;
      if (answer.kind === "unchanged") return { ...answer, jitter };
      const { maxAgeSeconds, validator } = answer;
      const known = state.keys;
      const keys = await importKeys(answer.keys, { algorithms, signatureEngine, known });
      return { kind: "fetched", keys, maxAgeSeconds, validator, jitter };
    } catch {
      // A port that breaks its promise and throws: no keys, and the next attempt comes as after any other failure.
      return { kind: "failed", reason: "port_threw", jitter };
    }
  };

  const fetchKeys = async (isCurrent: () => boolean): Promise<void> => {
    do {
      const outcome = await obtainKeys();
      if (!isCurrent()) return;
      const nowMs = clock.monotonicMs();
      const before = state;
      state = endFetch(before, outcome, { nowMs, options: keySet });
      reporter.fetchEnded(before, state, { outcome, nowMs });
    } while (state.isFetching);
  };
  const shared = share(fetchKeys);

  const lookUp = (
    query: KeyQuery & { readonly hasWaited: boolean },
  ): MaybePromise<SettledKeyLookup> => {
    const nowMs = clock.monotonicMs();
    if (shared.isLost()) state = { ...state, isFetching: false };
    const step = lookUpKey(state, query, { nowMs, options: keySet });
    state = step.state;
    reporter.lookedUp(step, nowMs);
    const own = step.startsFetch ? shared.begin() : undefined;
    const { answer } = step;
    if (answer.kind !== "wait") return (own && shared.stay(own)?.then(() => answer)) ?? answer;
    const waiting = own === undefined ? shared.join() : own.then(() => true);
    return waiting.then((hasWaited) => lookUp({ ...query, hasWaited }));
  };

  const adopt = async (obtain: InitialKeys): Promise<string | undefined> => {
    const initial = await obtain();
    if (!initial.ok) return initial.failure.code;
    const exported = initial.value;
    const keys = await importKeys(exported.keys, { algorithms, signatureEngine });
    if (keys.length === 0) return "import_no_usable_key";
    const now = clock.now();
    const refusal = checkImportTimes(exported, { now, options: keySet });
    if (refusal !== undefined) return refusal;
    const nowMs = clock.monotonicMs();
    state = importedKeySet(exported, { keys, now, nowMs, options: keySet });
    const secondsLeft = (state.deadAtMs - nowMs) / 1000;
    report({ type: "keys_imported", keyIds: keys.map(({ kid }) => kid), secondsLeft });
    void shared.begin();
    return undefined;
  };
  const adoptAndReport = async (obtain: InitialKeys): Promise<void> => {
    // A port that breaks its promise and throws: there are no initial keys.
    importRefusal = await adopt(obtain).catch(() => "port_threw");
    adopting = undefined;
    if (importRefusal === undefined) return;
    report({ type: "keys_import_refused", reason: importRefusal });
  };
  let adopting = initialKeys && adoptAndReport(initialKeys);

  const health = (): KeySetHealth => ({
    phase: keySetPhase(state, clock.monotonicMs()),
    keyIds: state.keys.map(({ kid }) => kid),
    failures: state.failures,
    lastFailure: state.lastFailure,
    ...(importRefusal !== undefined && { importRefusal }),
  });

  return {
    lookUpKey: (query) => {
      // The hot path stays out of the machine.
      const key = clock.monotonicMs() < state.refreshAtMs ? findKey(state.keys, query) : undefined;
      if (key !== undefined) return { kind: "found", key };
      const begin = (): MaybePromise<SettledKeyLookup> => lookUp({ ...query, hasWaited: false });
      return adopting === undefined ? begin() : adopting.then(begin);
    },
    load: async () => {
      if (adopting !== undefined) await adopting;
      const phase = keySetPhase(state, clock.monotonicMs());
      const hasNone = phase === "empty" || phase === "dead";
      // Any key will do: what counts is that the machine is asked while it has none, or none that it may serve yet.
      if (hasNone || (phase === "stale" && state.failures === 0)) {
        await lookUp({ kid: undefined, algorithm: "ES256", hasWaited: false });
      }
      return health();
    },
    health,
    exportKeys: (issuer) =>
      exportKeySet(state, { issuer, now: clock.now(), nowMs: clock.monotonicMs() }),
    close: cancel,
  };
}
