import type { CancelSignal } from "@credicorp/oauth-core";

import { shareSignal } from "./shared-signal.ts";

/** The end of a client. */
export interface Closing {
  readonly signal: CancelSignal;
  readonly close: () => void;
}

/** Makes an end that aborts what is in flight. */
export function createClosing(): Closing {
  const controller = new AbortController();
  return { signal: shareSignal(controller.signal), close: () => controller.abort() };
}

/**
 * Makes an end that is a value, and aborts nothing: where each request has to end what it has begun, one cannot abort for
 * another. What is in flight ends by its own time-out.
 */
export function createQuietClosing(): Closing {
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    },
    close: () => {
      aborted = true;
    },
  };
}
