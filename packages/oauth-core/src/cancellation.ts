import type { CancelSignal } from "./ports.ts";

/** A signal and the one way to set it off: what core needs of an `AbortController`, which it may not name. */
export interface Cancellation {
  readonly signal: CancelSignal;

  /** Tells every listener, once; later calls do nothing. */
  readonly cancel: () => void;
}

/** Makes a signal that has not been set off. */
export function createCancellation(): Cancellation {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => {
        listeners.add(listener);
      },
      removeEventListener: (_type, listener) => {
        listeners.delete(listener);
      },
    },
    cancel: () => {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
