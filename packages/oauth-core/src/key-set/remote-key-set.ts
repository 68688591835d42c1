/**
 * The shell of the key-set machine: it runs the effects, over ports alone.
 *
 * @module
 */

import type { Clock, MaybePromise, Random, SignatureAlgorithm, SignatureEngine } from "../ports.ts";
import { createCancellation } from "./cancellation.ts";
import type { FetchOutcome } from "./end-fetch.ts";
import { endFetch } from "./end-fetch.ts";
import type { KeyQuery } from "./key-set-key.ts";
import { findKey, importKeys } from "./key-set-key.ts";
import type { SettledKeyLookup } from "./key-set-machine.ts";
import { lookUpKey } from "./key-set-machine.ts";
import type { KeySetOptions } from "./key-set-options.ts";
import type { KeySetSource } from "./key-set-source.ts";
import type { KeySetPhase } from "./key-set-state.ts";
import { emptyKeySet, keySetPhase } from "./key-set-state.ts";

/** The condition of a set of keys. */
export interface KeySetHealth {
  readonly phase: KeySetPhase;
  readonly keyIds: readonly (string | undefined)[];

  /** Failures in a row. */
  readonly failures: number;

  /** Why the last attempt failed; `undefined` after a success. */
  readonly lastFailure: string | undefined;
}

/** The keys of one place. */
export interface RemoteKeySet {
  /** Answers at once with a fresh key. */
  readonly lookUpKey: (query: KeyQuery) => MaybePromise<SettledKeyLookup>;

  /** Loads the keys if there are none, and tells how it went. */
  readonly load: () => Promise<KeySetHealth>;
  readonly health: () => KeySetHealth;

  /** Ends a fetch in flight; later ones end at once, as their signal has been aborted. */
  readonly close: () => void;
}

/** What a remote set needs from outside. */
export interface RemoteKeySetPorts {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly random: Pick<Random, "fraction">;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey">;
}

/** Runs the key-set machine: no timers, so that nothing keeps the process alive; refreshes happen on access. */
export function createRemoteKeySet(
  source: KeySetSource,
  options: {
    readonly keySet: KeySetOptions;
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly ports: RemoteKeySetPorts;
  },
): RemoteKeySet {
  const { keySet, algorithms, ports } = options;
  const { clock, random, signatureEngine } = ports;
  const { signal, cancel } = createCancellation();
  let state = emptyKeySet(keySet);
  let inFlight: Promise<void> | undefined;

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

  const fetchKeys = async (): Promise<void> => {
    do {
      const outcome = await obtainKeys();
      state = endFetch(state, outcome, { nowMs: clock.monotonicMs(), options: keySet });
    } while (state.isFetching);
    inFlight = undefined;
  };

  const lookUp = (
    query: KeyQuery & { readonly hasWaited: boolean },
  ): MaybePromise<SettledKeyLookup> => {
    const nowMs = clock.monotonicMs();
    const step = lookUpKey(state, query, { nowMs, options: keySet });
    state = step.state;
    if (step.startsFetch) inFlight = fetchKeys();
    if (step.answer.kind !== "wait") return step.answer;
    return (inFlight ?? Promise.resolve()).then(() => lookUp({ ...query, hasWaited: true }));
  };

  const health = (): KeySetHealth => ({
    phase: keySetPhase(state, clock.monotonicMs()),
    keyIds: state.keys.map(({ kid }) => kid),
    failures: state.failures,
    lastFailure: state.lastFailure,
  });

  return {
    lookUpKey: (query) => {
      // The hot path stays out of the machine.
      const key = clock.monotonicMs() < state.refreshAtMs ? findKey(state.keys, query) : undefined;
      return key === undefined ? lookUp({ ...query, hasWaited: false }) : { kind: "found", key };
    },
    load: async () => {
      const phase = keySetPhase(state, clock.monotonicMs());
      // Any key will do: what counts is that the machine is asked while it has none.
      if (phase === "empty" || phase === "dead") {
        await lookUp({ kid: undefined, algorithm: "ES256", hasWaited: false });
      }
      return health();
    },
    health,
    close: cancel,
  };
}
