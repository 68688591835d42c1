/**
 * Tokens that have been verified, kept for when they come again.
 *
 * Exact: a token is found only when the whole of it is the same. Positive: whatever was refused is never in here, so
 * that nobody without good tokens can fill it. Bounded by bytes.
 *
 * @module
 */

import type { KeyQuery } from "../key-set/key-set-key.ts";
import type { VerificationKey } from "../ports.ts";
import type { RevocableToken } from "../revocation/revocation-set.ts";
import type { OkOutcome } from "./outcome.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

/** What a verification found; it holds for this issuer, as it is trusted here, and for this key alone. */
export interface VerifiedToken extends KeyQuery {
  readonly token: string;
  readonly issuer: TrustedIssuer;

  /** The key that the signature is good for. */
  readonly key: VerificationKey;

  /** What its revocation would be found by. */
  readonly revocable: RevocableToken;

  /** Says nothing of possession. Frozen at every level: all requests with this token share it. */
  readonly outcome: OkOutcome;

  /** About how many bytes it holds, the token included. */
  readonly bytes: number;
}

/** A place for verified tokens. */
export interface VerifiedTokens {
  /** Finds a token that is, character for character, one that was added. */
  readonly find: (token: string) => VerifiedToken | undefined;
  readonly add: (verified: VerifiedToken) => void;
  readonly remove: (verified: VerifiedToken) => void;

  /** How many tokens are held. */
  readonly size: () => number;

  /** About how many bytes they hold. */
  readonly bytes: () => number;
}

interface Generation {
  readonly byTail: Map<string, VerifiedToken>;
  bytes: number;
}

/**
 * Makes an empty place that holds about `maxBytes` at most.
 *
 * There are two generations. When the younger one holds half of the bytes it becomes the older one, whose tokens are
 * forgotten unless they came again: a hit moves its token to the younger generation, once, and costs nothing after
 * that. Ordering all tokens by their last use would cost each hit more than verifying saves.
 */
export function createVerifiedTokens(options: { readonly maxBytes: number }): VerifiedTokens {
  const maxGenerationBytes = options.maxBytes / 2;
  let young = emptyGeneration();
  let old = emptyGeneration();

  const put = (tail: string, verified: VerifiedToken): void => {
    const { bytes } = verified;
    drop(young, tail);
    if (bytes > maxGenerationBytes) return;
    if (young.bytes + bytes > maxGenerationBytes) {
      old = young;
      young = emptyGeneration();
    }
    young.byTail.set(tail, verified);
    young.bytes += bytes;
  };

  return {
    find: (token) => {
      const tail = tailOf(token);
      const recent = young.byTail.get(tail);
      if (recent !== undefined && recent.token === token) return recent;
      const earlier = old.byTail.get(tail);
      if (earlier === undefined || earlier.token !== token) return undefined;
      drop(old, tail);
      put(tail, earlier);
      return earlier;
    },
    add: (verified) => {
      const tail = tailOf(verified.token);
      drop(old, tail);
      put(tail, verified);
    },
    remove: (verified) => {
      const tail = tailOf(verified.token);
      for (const generation of [young, old]) {
        if (generation.byTail.get(tail) === verified) drop(generation, tail);
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

function emptyGeneration(): Generation {
  return { byTail: new Map(), bytes: 0 };
}

function drop(generation: Generation, tail: string): void {
  const dropped = generation.byTail.get(tail);
  if (dropped === undefined) return;
  generation.byTail.delete(tail);
  generation.bytes -= dropped.bytes;
}
