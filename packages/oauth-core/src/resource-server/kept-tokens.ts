/**
 * Tokens with what is known of them, kept for when they come again, within a budget of bytes.
 *
 * Exact: a token is found only when the whole of it is the same.
 *
 * @module
 */

/** What is kept of one token. */
export interface KeptToken {
  readonly token: string;

  /** About how many bytes it holds, the token included. */
  readonly bytes: number;
}

/** A place for tokens. */
export interface KeptTokens<Kept extends KeptToken> {
  /** Finds a token that is, character for character, one that was added. */
  readonly find: (token: string) => Kept | undefined;
  readonly add: (kept: Kept) => void;
  readonly remove: (kept: Kept) => void;

  /** How many tokens are held. */
  readonly size: () => number;

  /** About how many bytes they hold. */
  readonly bytes: () => number;
}

interface Generation<Kept> {
  readonly byTail: Map<string, Kept>;
  bytes: number;
}

/**
 * Makes an empty place that holds about `maxBytes` at most.
 *
 * There are two generations. When the younger one holds half of the bytes it becomes the older one, whose tokens are
 * forgotten unless they came again: a hit moves its token to the younger generation, once, and costs nothing after
 * that. Ordering all tokens by their last use would cost each hit more than verifying saves.
 */
export function createKeptTokens<Kept extends KeptToken>(options: {
  readonly maxBytes: number;
}): KeptTokens<Kept> {
  const maxGenerationBytes = options.maxBytes / 2;
  let young = emptyGeneration<Kept>();
  let old = emptyGeneration<Kept>();
  // A token that is not found is added soon, as a rule: its tail need not be cut off and hashed again.
  let missed = nothing;

  const put = (tail: string, kept: Kept): void => {
    const { bytes } = kept;
    drop(young, tail);
    if (bytes > maxGenerationBytes) return;
    if (young.bytes + bytes > maxGenerationBytes) {
      old = young;
      young = emptyGeneration<Kept>();
    }
    young.byTail.set(tail, kept);
    young.bytes += bytes;
  };

  return {
    find: (token) => {
      const tail = tailOf(token);
      const recent = young.byTail.get(tail);
      if (recent !== undefined && recent.token === token) return recent;
      const earlier = old.byTail.get(tail);
      if (earlier === undefined || earlier.token !== token) {
        missed = { token, tail };
        return undefined;
      }
      drop(old, tail);
      put(tail, earlier);
      return earlier;
    },
    add: (kept) => {
      const tail = kept.token === missed.token ? missed.tail : tailOf(kept.token);
      missed = nothing;
      drop(old, tail);
      put(tail, kept);
    },
    remove: (kept) => {
      const tail = tailOf(kept.token);
      for (const generation of [young, old]) {
        if (generation.byTail.get(tail) === kept) drop(generation, tail);
      }
    },
    size: () => young.byTail.size + old.byTail.size,
    bytes: () => young.bytes + old.bytes,
  };
}

/**
 * The end of the signature: as random as any hash, and there already. Hashing a whole token that has just come from the
 * network costs ten times as much; the comparison with the whole token makes it exact.
 */
function tailOf(token: string): string {
  return token.slice(-24);
}

const nothing = { token: "", tail: "" };

function emptyGeneration<Kept>(): Generation<Kept> {
  return { byTail: new Map(), bytes: 0 };
}

function drop<Kept extends KeptToken>(generation: Generation<Kept>, tail: string): void {
  const dropped = generation.byTail.get(tail);
  if (dropped === undefined) return;
  generation.byTail.delete(tail);
  generation.bytes -= dropped.bytes;
}
