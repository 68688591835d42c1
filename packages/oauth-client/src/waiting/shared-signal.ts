import type { CancelSignal } from "@credicorp/oauth-core";

const shared = new WeakMap<AbortSignal, CancelSignal>();

/**
 * Returns a signal that any number may listen to, while the given one has a single listener, and none when nobody does.
 *
 * Node warns of a leak when a signal has more than ten listeners, and some runtimes never remove what `AbortSignal.any`
 * adds to a long-lived one.
 */
export function shareSignal(signal: AbortSignal): CancelSignal {
  const known = shared.get(signal);
  if (known !== undefined) return known;
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const made: CancelSignal = {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return signal.reason;
    },
    addEventListener: (type, listener) => {
      if (listeners.size === 0) signal.addEventListener(type, notify);
      listeners.add(listener);
    },
    removeEventListener: (type, listener) => {
      if (listeners.delete(listener) && listeners.size === 0) {
        signal.removeEventListener(type, notify);
      }
    },
  };
  shared.set(signal, made);
  return made;
}

/** Returns a signal that aborts when either does. */
export function eitherOf(first: CancelSignal, second: CancelSignal): CancelSignal {
  return {
    get aborted() {
      return first.aborted || second.aborted;
    },
    addEventListener: (type, listener) => {
      first.addEventListener(type, listener);
      second.addEventListener(type, listener);
    },
    removeEventListener: (type, listener) => {
      first.removeEventListener(type, listener);
      second.removeEventListener(type, listener);
    },
  };
}
