import type { TokenReport } from "@credicorp/oauth-core/token-cache";

/** What subscribers are told. It holds no token, no secret and no client id. */
export type ClientReport = TokenReport | ObserverFailure;

/** Somebody who watches has thrown. The call that was watched went on; each observer is told of once. */
export interface ObserverFailure {
  readonly type: "observer_failed";
  readonly observer: "listener" | "meter" | "tracer";

  /** The event that a listener was told of. */
  readonly event: ClientReport["type"] | undefined;

  /** The `name` of what was thrown. The rest is not repeated: what it holds, nobody knows. */
  readonly errorName: string;
}

/** What each event tells. None holds a token, a secret or a client id. */
export type ClientEvents = {
  readonly [Type in ClientReport["type"]]: Extract<ClientReport, { readonly type: Type }>;
};

/**
 * Calls a listener for every later event of a type, until the returned function is called.
 *
 * A listener can neither delay nor fail the call that caused the event. That it threw, or rejected, is told once, by the
 * event `observer_failed`; where nobody listens for that, by a warning of the process.
 */
export type Subscribe = <Type extends keyof ClientEvents>(
  type: Type,
  listener: (event: ClientEvents[Type]) => void,
) => () => void;

/** Returns the listeners of a type. */
export type ListenersOf = (type: ClientReport["type"]) => ReadonlySet<(event: never) => unknown>;

/** The listeners of one client. */
export interface ClientListeners {
  readonly subscribe: Subscribe;
  readonly listenersOf: ListenersOf;
}

/** Makes the place for the listeners of one client. */
export function createClientListeners(): ClientListeners {
  const listeners = new Map<string, Set<(event: never) => unknown>>();

  function listenersOf(type: string): Set<(event: never) => unknown> {
    const ofType = listeners.get(type) ?? new Set();
    listeners.set(type, ofType);
    return ofType;
  }

  return {
    listenersOf,
    subscribe: (type, listener) => {
      listenersOf(type).add(listener);
      return () => {
        listenersOf(type).delete(listener);
      };
    },
  };
}
