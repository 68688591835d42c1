import type { TokenReport } from "@credicorp/oauth-core/token-cache";

import { createDiagnostics } from "./diagnostics.ts";

/** What each event tells. None holds a token, a secret or a client id. */
export type ClientEvents = {
  readonly [Type in TokenReport["type"]]: Extract<TokenReport, { readonly type: Type }>;
};

/**
 * Calls a listener for every later event of a type, until the returned function is called.
 *
 * A listener cannot delay or fail the call that caused the event. What it throws is an uncaught exception, as with any
 * event of the platform, and what it rejects with an unhandled rejection; on Node either ends a process that does not
 * handle it. Catch in the listener what may go wrong there.
 */
export type Subscribe = <Type extends keyof ClientEvents>(
  type: Type,
  listener: (event: ClientEvents[Type]) => void,
) => () => void;

/** The two ends of a subscription. */
export interface ClientEventHub {
  readonly subscribe: Subscribe;
  readonly publish: (report: TokenReport) => void;
}

/** Makes the two ends of a subscription. */
export function createClientEvents(): ClientEventHub {
  const listeners = new Map<string, Set<(event: never) => void>>();
  const publishDiagnostics = createDiagnostics(globalThis);
  return {
    subscribe: (type, listener) => {
      const ofType = listeners.get(type) ?? new Set();
      listeners.set(type, ofType.add(listener));
      return () => {
        ofType.delete(listener);
      };
    },
    publish: (report) => {
      publishDiagnostics(report);
      for (const listener of listeners.get(report.type) ?? []) {
        // Later, so that a listener can neither delay nor fail the call that caused the event.
        queueMicrotask(() => listener(report as never));
      }
    },
  };
}
