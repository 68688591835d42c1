/**
 * What the issuer said lately: of good tokens for a while, of others for a moment.
 *
 * Each has a budget of its own, so that nobody can push good tokens out with garbage. That nobody could tell anything
 * of a token is never kept.
 *
 * @module
 */

import type { ProtocolFailure } from "../../result.ts";
import type { RevocableToken } from "../../revocation/revocation-set.ts";
import { freezeOutcome } from "../freeze-outcome.ts";
import { isShareable } from "../frozen-copy.ts";
import type { KeptToken } from "../kept-tokens.ts";
import { createKeptTokens } from "../kept-tokens.ts";
import type { OkOutcome } from "../outcome.ts";

/** How long answers are kept, and how much of them. */
export interface KeptIntrospectionOptions {
  /** Milliseconds since the question, for good tokens; 0: they are asked about each time. */
  readonly maxAgeMs: number;

  /** Milliseconds since the question, for tokens that were refused; 0: none is kept. */
  readonly maxRefusalAgeMs: number;

  /** About how many bytes are kept; a quarter of it is for tokens that were refused. */
  readonly maxBytes: number;
}

/** A good token; it is kept with what every request with it is given. */
export interface KeptIntrospection extends KeptToken {
  readonly askedMs: number;

  /** What its revocation would be found by. */
  readonly revocable: RevocableToken;

  /** Says nothing of possession. Frozen at every level: all requests with this token share it. */
  readonly outcome: OkOutcome;
}

/** What is to be kept of a good token; `kid` as its header says, if it has one. */
export interface GoodIntrospection {
  readonly outcome: OkOutcome;
  readonly kid: string | undefined;
}

/** A token that was refused. */
export interface KeptRefusal extends KeptToken {
  readonly askedMs: number;
  readonly failure: ProtocolFailure;
}

/** A time by both clocks: `now` in seconds since the Unix epoch. */
export interface Moment {
  readonly nowMs: number;
  readonly now: number;
}

/** A place for answers. */
export interface KeptIntrospections {
  /** Finds a good token that was asked about less than `maxAgeMs` ago and has not expired, by any tolerance. */
  readonly findGood: (token: string, moment: Moment) => KeptIntrospection | undefined;
  readonly findRefused: (token: string, moment: Moment) => KeptRefusal | undefined;

  /** Replaces what was kept of the token; returns what is shared by those who asked the same question. */
  readonly keepGood: (token: string, askedMs: number, good: GoodIntrospection) => KeptIntrospection;
  readonly keepRefused: (token: string, askedMs: number, failure: ProtocolFailure) => void;

  /** How many tokens are held, and about how many bytes. */
  readonly size: () => { readonly good: number; readonly refused: number; readonly bytes: number };
}

// Beside the token: the objects, their place in a map, the tail of the token.
const entryBytes = 320;

/** Makes an empty place. */
export function createKeptIntrospections(options: KeptIntrospectionOptions): KeptIntrospections {
  const { maxAgeMs, maxRefusalAgeMs, maxBytes } = options;
  const good = createKeptTokens<KeptIntrospection>({ maxBytes: maxBytes * 0.75 });
  const refused = createKeptTokens<KeptRefusal>({ maxBytes: maxBytes * 0.25 });

  return {
    findGood: (token, { nowMs, now }) => {
      const found = good.find(token);
      if (found === undefined) return undefined;
      const { expiresAt, notBefore } = found.outcome.principal.claims;
      // Written so that a clock that yields NaN finds nothing.
      if (!(nowMs - found.askedMs < maxAgeMs && now < expiresAt)) {
        good.remove(found);
        return undefined;
      }
      return notBefore === undefined || now >= notBefore ? found : undefined;
    },
    findRefused: (token, { nowMs }) => {
      const found = refused.find(token);
      if (found === undefined || nowMs - found.askedMs < maxRefusalAgeMs) return found;
      refused.remove(found);
      return undefined;
    },
    keepGood: (token, askedMs, { outcome, kid }) => {
      const known = good.find(token);
      if (known?.askedMs === askedMs) return known;
      const refusal = refused.find(token);
      if (refusal !== undefined) refused.remove(refusal);
      const { jti = "", clientId, issuedAt, extensions } = outcome.principal.claims;
      // What a schema made of claims may be something that cannot be frozen.
      const canFreeze = isShareable(extensions);
      const bytes = canFreeze ? entryBytes + token.length * 2.5 + freezeOutcome(outcome) : 0;
      const kept = {
        token,
        askedMs,
        outcome,
        revocable: { jti, clientId, issuedAt, kid },
        bytes,
      };
      if (canFreeze && maxAgeMs > 0) good.add(kept);
      return kept;
    },
    keepRefused: (token, askedMs, failure) => {
      const known = good.find(token);
      if (known !== undefined) good.remove(known);
      if (maxRefusalAgeMs > 0) {
        refused.add({ token, askedMs, failure, bytes: entryBytes + token.length });
      }
    },
    size: () => ({
      good: good.size(),
      refused: refused.size(),
      bytes: good.bytes() + refused.bytes(),
    }),
  };
}
