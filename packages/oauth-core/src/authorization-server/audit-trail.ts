/**
 * Who hears of the server's decisions.
 *
 * Listeners are apart from requests and from each other: one that throws, or whose promise rejects, neither fails nor
 * delays an answer, nor keeps an event from the others.
 *
 * @module
 */

import type { AuditEvent } from "./audit-event.ts";

/**
 * Hears of every decision, before it is answered.
 *
 * It must return at once, for the answer waits; a promise that it returns is not waited for.
 */
export type AuditListener = (event: AuditEvent) => unknown;

/** An event that a listener could not take. */
export interface AuditFailure {
  readonly event: AuditEvent;

  /** What the listener threw, or rejected with. */
  readonly cause: unknown;
}

/** The way from decisions to those who want to know. */
export interface AuditTrail {
  /** Tells every subscriber; never throws. */
  readonly report: (event: AuditEvent) => void;

  /** Whether anybody would hear a report. */
  readonly hasSubscribers: () => boolean;

  /** Adds a listener, until the returned function is called. */
  readonly subscribe: (listener: AuditListener) => () => void;
}

/**
 * Makes a trail without subscribers.
 *
 * `onFailure` hears once of each event that a listener could not take; its own failures are dropped, as nobody is left
 * to tell.
 */
export function createAuditTrail(onFailure?: (failure: AuditFailure) => unknown): AuditTrail {
  const listeners = new Set<AuditListener>();
  const tell = (event: AuditEvent, listener: AuditListener): void => {
    attempt(
      () => listener(event),
      (cause) => attempt(() => onFailure?.({ event, cause }), drop),
    );
  };

  return {
    report: (event) => {
      for (const listener of listeners) tell(event, listener);
    },
    hasSubscribers: () => listeners.size > 0,
    subscribe: (listener) => {
      // The same function may subscribe twice, and leave once.
      const own: AuditListener = (event) => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

function attempt(action: () => unknown, onFailure: (cause: unknown) => void): void {
  try {
    const outcome = action();
    if (typeof outcome === "object" && outcome !== null && "then" in outcome) {
      Promise.resolve(outcome).catch(onFailure);
    }
  } catch (cause) {
    onFailure(cause);
  }
}

function drop(): void {
  // See `createAuditTrail`.
}
