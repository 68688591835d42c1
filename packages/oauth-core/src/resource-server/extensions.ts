/**
 * What a token says beside the registered claims, read as the resource wants to have it.
 *
 * @module
 */

import type { AccessTokenClaims } from "../jwt/access-token-claims.ts";
import type { MaybePromise } from "../ports.ts";
import type { JsonObject } from "../protocol/json.ts";
import { copyFrozen } from "./frozen-copy.ts";
import type { Outcome, RejectedOutcome, UnavailableOutcome } from "./outcome.ts";
import { rejected, unavailable } from "./outcome.ts";
import type { PrincipalClaims } from "./principal.ts";
import { toPrincipal } from "./principal.ts";

/** Reads the extensions of a token that is good otherwise; an empty object when it has none. */
export type CheckExtensions = (extensions: JsonObject) => MaybePromise<ExtensionsVerdict>;

/** What came of it; `failed`: the check itself did not work. */
export type ExtensionsVerdict =
  | { readonly kind: "accepted"; readonly extensions: unknown }
  | { readonly kind: "refused" }
  | { readonly kind: "failed"; readonly cause: unknown };

/** Claims whose extensions have been read. */
export interface ReadClaims<Claims extends PrincipalClaims = AccessTokenClaims> {
  readonly kind: "read";
  readonly claims: Claims;

  /** Whether requests may share them. */
  readonly isShareable: boolean;

  /** About how many bytes the texts of the extensions take, beside what the token has. */
  readonly addedBytes: number;
}

type Reading<Claims extends PrincipalClaims> =
  | ReadClaims<Claims>
  | RejectedOutcome
  | UnavailableOutcome;

/** Replaces the extensions by what `check` makes of them, and goes on with `accept`; at once where `check` does. */
export function readExtensions<Claims extends PrincipalClaims>(
  claims: Claims,
  next: {
    readonly check: CheckExtensions;
    readonly accept: (read: ReadClaims<Claims>) => MaybePromise<Outcome>;
  },
): MaybePromise<Outcome> {
  const conclude = (verdict: ExtensionsVerdict): MaybePromise<Outcome> => {
    const reading = toReading(claims, verdict);
    return reading.kind === "read" ? next.accept(reading) : reading;
  };
  const verdict = next.check(claims.extensions ?? {});
  return verdict instanceof Promise ? verdict.then(conclude) : conclude(verdict);
}

/** Reads the extensions of a token that others have found good; each time, as nothing is kept with it. */
export function readExtensionsOf(outcome: Outcome, check: CheckExtensions): MaybePromise<Outcome> {
  if (outcome.kind !== "ok") return outcome;
  const accept = ({ claims }: ReadClaims<PrincipalClaims>): Outcome => {
    return { ...outcome, principal: toPrincipal(claims) };
  };
  return readExtensions(outcome.principal.claims, { check, accept });
}

function toReading<Claims extends PrincipalClaims>(
  claims: Claims,
  verdict: ExtensionsVerdict,
): Reading<Claims> {
  switch (verdict.kind) {
    case "accepted": {
      const frozen = copyFrozen(verdict.extensions);
      const extensions = frozen === undefined ? verdict.extensions : frozen.copy;
      // The type of extensions is what the check makes them; the verifier knows it.
      const read = { ...claims, extensions } as Claims;
      return {
        kind: "read",
        claims: read,
        isShareable: frozen !== undefined,
        addedBytes: 2 * (frozen?.textLength ?? 0),
      };
    }
    case "refused":
      return rejected("invalid_token", {
        code: "claims_schema",
        message: "The claims are not what the resource's schema asks for",
        reference: "RFC 9068 section 2.2",
      });
    case "failed":
      return {
        ...unavailable(1, {
          code: "claims_schema_failed",
          message: "The resource's schema of claims failed",
          reference: "RFC 9110 section 15.6.4",
        }),
        cause: verdict.cause,
      };
  }
}
