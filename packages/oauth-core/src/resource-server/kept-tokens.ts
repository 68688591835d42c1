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
  readonly byTail: Map<number, Kept>;
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
  // Nothing has this tail since it was looked for in vain. What is not found is added soon, as a rule, and need not be
  // looked for again: each look at a large map costs as much as all of the token's claims.
  let missedTail: number | undefined;

  const put = (tail: number, kept: Kept): void => {
    const { bytes } = kept;
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
        missedTail = recent === undefined && earlier === undefined ? tail : undefined;
        return undefined;
      }
      drop(old, tail);
      drop(young, tail);
      put(tail, earlier);
      return earlier;
    },
    add: (kept) => {
      const tail = tailOf(kept.token);
      if (tail !== missedTail) {
        drop(old, tail);
        drop(young, tail);
      }
      missedTail = undefined;
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

const tailLength = 24;

/**
 * A number made of the end of the signature, which is as random as any hash. Hashing a whole token that has just come
 * from the network costs ten times as much; the comparison with the whole token makes it exact.
 */
function tailOf(token: string): number {
  let tail = token.length;
  // Every second character is enough: they are 72 bits of a signature.
  for (let index = Math.max(tail - tailLength, 0); index < token.length; index += 2) {
    tail = Math.imul(tail ^ token.charCodeAt(index), 0x9e3779b1);
  }
  // The low bits of a product know nothing of the high ones.
  return tail ^ (tail >>> 15);
}

function emptyGeneration<Kept>(): Generation<Kept> {
  return { byTail: new Map(), bytes: 0 };
}

function drop<Kept extends KeptToken>(generation: Generation<Kept>, tail: number): void {
  const dropped = generation.byTail.get(tail);
  if (dropped === undefined) return;
  generation.byTail.delete(tail);
  generation.bytes -= dropped.bytes;
}
