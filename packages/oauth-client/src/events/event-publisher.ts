import { createDiagnostics } from "@credicorp/oauth-runtime";

import type { ClientReport, ListenersOf } from "./client-events.ts";
import type { FailedObserver, ObserverFailures, ObserverGlobals } from "./observer-failures.ts";

/** Tells whoever watches a client. */
export interface EventPublisher {
  readonly publish: (report: ClientReport) => void;

  /** Takes what an observer has thrown, so that the call that was watched does not see it. */
  readonly observerFailed: (failed: FailedObserver, error: unknown) => Promise<void>;
}

/** Makes what tells the listeners of one client, and the channels of the process. */
export function createEventPublisher(
  listenersOf: ListenersOf,
  globals: ObserverGlobals,
): EventPublisher {
  // Events of every client of the process go to these channels.
  const diagnostics = createDiagnostics("credicorp.oauth.client.", globals);
  let failures: ObserverFailures | undefined;

  async function tell(listener: (event: never) => unknown, report: ClientReport): Promise<void> {
    try {
      // Later, so that a listener cannot delay the call that caused the event.
      await Promise.resolve();
      await listener(report as never);
    } catch (error) {
      await observerFailed({ observer: "listener", event: report.type }, error);
    }
  }

  function publish(report: ClientReport): void {
    diagnostics.publish(report);
    for (const listener of listenersOf(report.type)) void tell(listener, report);
  }

  async function observerFailed(failed: FailedObserver, error: unknown): Promise<void> {
    const { createObserverFailures } = await import("./observer-failures.ts");
    failures ??= createObserverFailures({ globals, listenersOf, diagnostics, publish });
    failures(failed, error);
  }

  return { publish, observerFailed };
}
