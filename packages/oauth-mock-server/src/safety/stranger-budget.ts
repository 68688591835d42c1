import type { ServerRequest } from "@credicorp/oauth-core";

/** How much of a journal requests may take that were refused for where they came from. */
export interface StrangerBudget {
  /** Tells whether a request is to be noted, and takes its share if it is. */
  readonly take: (request: Pick<ServerRequest, "target" | "headers" | "body">) => boolean;

  /** Is to be called when the journal is emptied. */
  readonly reset: () => void;
}

// A page that sends requests for as long as it is open must not push out what the sandbox itself was asked: strangers
// have a twentieth of the journal at most, and one entry a minute after that.
const share = 1 / 20;
const mostEntries = 100;
const msPerEntry = 60_000;

// Roughly what an entry takes beside what was sent.
const entryBytes = 1024;

/** Makes the budget of a journal with these bounds. */
export function createStrangerBudget(options: {
  readonly maxEntries: number;
  readonly maxBytes: number;

  /** Real time, in milliseconds. */
  readonly monotonicMs: () => number;
}): StrangerBudget {
  const { maxEntries, maxBytes, monotonicMs } = options;
  const entries = Math.min(Math.max(Math.floor(maxEntries * share), 1), mostEntries);
  const bytesPerEntry = (maxBytes * share) / entries;
  let spent = 0;
  let at = monotonicMs();
  return {
    take: (request) => {
      const now = monotonicMs();
      spent = Math.max(0, spent - (now - at) / msPerEntry);
      at = now;
      const cost = Math.max(1, sizeOf(request) / bytesPerEntry);
      // One that is larger than all of it is noted alone.
      if (spent > 0 && spent + cost > entries) return false;
      spent += cost;
      return true;
    },
    reset: () => {
      spent = 0;
    },
  };
}

function sizeOf({
  target,
  headers,
  body,
}: Pick<ServerRequest, "target" | "headers" | "body">): number {
  const fields = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return entryBytes + target.length + fields + body.length;
}
