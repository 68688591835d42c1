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
