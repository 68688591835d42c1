/**
 * What becomes of errors of those who watch a client. It is loaded by the first of them.
 *
 * @module
 */

import type { Diagnostics, DiagnosticsGlobals } from "@credicorp/oauth-runtime";

import type { ListenersOf, ObserverFailure } from "./client-events.ts";

/** Who has failed. */
export type FailedObserver = Pick<ObserverFailure, "observer" | "event">;

/** Tells of an observer that has failed, the first time. */
export type ObserverFailures = (failed: FailedObserver, error: unknown) => void;

/** What is used of the platform. */
export interface ObserverGlobals extends DiagnosticsGlobals {
  readonly process?:
    | (NonNullable<DiagnosticsGlobals["process"]> & {
        readonly emitWarning?: (
          message: string,
          options: { readonly code: string; readonly detail: string },
        ) => void;
      })
    | undefined;
}

/** What {@link createObserverFailures} needs. */
export interface ObserverFailuresOptions {
  readonly globals: ObserverGlobals;
  readonly listenersOf: ListenersOf;
  readonly diagnostics: Pick<Diagnostics, "isHeard">;
  readonly publish: (report: ObserverFailure) => void;
}

const type = "observer_failed";

/** Makes what tells of each observer once: by an event or, where nobody hears it, by a warning of the process. */
export function createObserverFailures(options: ObserverFailuresOptions): ObserverFailures {
  const { globals, listenersOf, diagnostics, publish } = options;
  const told = new Set<string>();

  return ({ observer, event }, error) => {
    const who = event === undefined ? `The ${observer}` : `A listener for ${event}`;
    if (told.has(who)) return;
    told.add(who);
    const errorName = readName(error);
    // A listener for these failures that fails is not told of itself.
    const isHeard = listenersOf(type).size > 0 || diagnostics.isHeard(type);
    if (event !== type && isHeard) {
      publish({ type, observer, event, errorName });
      return;
    }
    globals.process?.emitWarning?.(`${who} of the OAuth client has failed (${errorName})`, {
      code: "CREDICORP_OAUTH_OBSERVER_FAILED",
      detail: "It is told once, and what was thrown is not repeated: it may hold a secret.",
    });
  };
}

/** A name is a word; anything else may be what nobody should see. */
function readName(error: unknown): string {
  return error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : typeof error;
}
