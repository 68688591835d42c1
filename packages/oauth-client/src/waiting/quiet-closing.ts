import type { Closing } from "./closing.ts";

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
