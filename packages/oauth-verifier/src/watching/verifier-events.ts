import type { KeySetReport } from "@credicorp/oauth-core/key-set";
import type {
  ClockSkew,
  IntrospectionReport,
  PolicyTrialResult,
} from "@credicorp/oauth-core/resource-server";
import { createDiagnostics } from "@credicorp/oauth-runtime";

import type { RevocationReport } from "../revocations/followed-revocations.ts";

/** What happened at one issuer. */
export type VerifierReport =
  | KeySetReport
  | RevocationReport
  | IntrospectionReport
  | ({ readonly type: "clock_skew_suspected" } & ClockSkew)
  | ({ readonly type: "policy_differs" } & PolicyTrialResult);

/** What a verifier noticed. No event holds a token, a claim of one, or a client id. */
export type VerifierEvent = VerifierReport & {
  /** The issuer that it is about. */
  readonly issuer: string;
};

/** Hears of an event; what it returns is not waited for. */
export type VerifierListener = (event: VerifierEvent) => unknown;

/** An event that a listener could not take. */
export interface ListenerFailure {
  readonly event: VerifierEvent;

  /** What the listener threw, or rejected with. */
  readonly cause: unknown;
}

/** The two ends of a subscription. */
export interface VerifierEvents {
  /**
   * Calls a listener for every later event, until the returned function is called.
   *
   * It is called after the work that caused the event, which it can neither delay nor fail. What it throws or rejects with
   * goes to `onFailure`; without one it is dropped, as nobody is there to tell.
   */
  readonly subscribe: (
    listener: VerifierListener,
    onFailure?: (failure: ListenerFailure) => unknown,
  ) => () => void;

  /** Never throws. */
  readonly publish: (event: VerifierEvent) => void;
}

/** Makes the two ends; on Node, `node:diagnostics_channel` hears `credicorp.oauth.verifier.<type>` too. */
export function createVerifierEvents(): VerifierEvents {
  const listeners = new Set<(event: VerifierEvent) => Promise<void>>();
  const diagnostics = createDiagnostics("credicorp.oauth.verifier.");
  return {
    subscribe: (listener, onFailure = drop) => {
      const own = async (event: VerifierEvent): Promise<void> => {
        // Later, so that a listener cannot delay what caused the event.
        await Promise.resolve();
        try {
          await listener(event);
        } catch (cause) {
          await onFailure({ event, cause });
        }
      };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    publish: (event) => {
      diagnostics.publish(event);
      for (const listener of listeners) listener(event).catch(drop);
    },
  };
}

function drop(): void {
  // See `subscribe`.
}
