import type { MaybePromise, SignatureAlgorithm } from "@credicorp/oauth-core";
import type {
  FetchOutcome,
  KeyQuery,
  KeySetOptions,
  KeySetPhase,
} from "@credicorp/oauth-core/key-set";
import {
  emptyKeySet,
  endFetch,
  findKey,
  importKeys,
  keySetPhase,
  lookUpKey,
} from "@credicorp/oauth-core/key-set";
import type { SettledKeyLookup } from "@credicorp/oauth-core/resource-server";

import type { KeySource } from "./key-source.ts";
import type { VerifierPorts } from "./verifier-options.ts";

/** The condition of an issuer's keys. */
export interface KeySetHealth {
  readonly phase: KeySetPhase;
  readonly keyIds: readonly (string | undefined)[];

  /** Failures in a row. */
  readonly failures: number;

  /** Why the last attempt failed; `undefined` after a success. */
  readonly lastFailure: string | undefined;
}

/** The keys of one issuer. */
export interface RemoteKeySet {
  /** Answers at once with a fresh key. */
  readonly lookUpKey: (query: KeyQuery) => MaybePromise<SettledKeyLookup>;

  /** Loads the keys if there are none, and tells how it went. */
  readonly load: () => Promise<KeySetHealth>;
  readonly health: () => KeySetHealth;

  /** Ends a fetch in flight; later ones end at once, as their signal has been aborted. */
  readonly close: () => void;
}

/** Runs the key-set machine: no timers, so that nothing keeps the process alive; refreshes happen on access. */
export function createRemoteKeySet(
  source: KeySource,
  options: {
    readonly keySet: KeySetOptions;
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly ports: Pick<VerifierPorts, "clock" | "random" | "signatureEngine">;
  },
): RemoteKeySet {
  const { keySet, algorithms, ports } = options;
  const { clock, random, signatureEngine } = ports;
  const controller = new AbortController();
  const { signal } = controller;
  let state = emptyKeySet(keySet);
  let inFlight: Promise<void> | undefined;

  const obtainKeys = async (): Promise<FetchOutcome> => {
    const jitter = random.fraction();
    try {
      const received = await source(signal);
      if (!received.ok) return { kind: "failed", reason: received.failure.code, jitter };
      const { keys: jwks, maxAgeSeconds } = received.value;
      const keys = await importKeys(jwks, { algorithms, signatureEngine });
      return { kind: "fetched", keys, maxAgeSeconds, jitter };
    } catch {
      // A port that breaks its promise and throws: no keys, and the next attempt comes as after any other failure.
      return { kind: "failed", reason: "port_threw", jitter };
    }
  };

  const fetchOnce = async (): Promise<void> => {
    const outcome = await obtainKeys();
    state = endFetch(state, outcome, { nowMs: clock.monotonicMs(), options: keySet });
    inFlight = undefined;
  };

  const lookUp = (
    query: KeyQuery & { readonly hasWaited: boolean },
  ): MaybePromise<SettledKeyLookup> => {
    const nowMs = clock.monotonicMs();
    const step = lookUpKey(state, query, { nowMs, options: keySet });
    state = step.state;
    if (step.startsFetch) inFlight = fetchOnce();
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
    close: () => {
      controller.abort();
    },
  };
}
