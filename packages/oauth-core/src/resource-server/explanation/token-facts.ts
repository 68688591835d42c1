import type { AccessTokenPolicy } from "../../jwt/verify-access-token.ts";
import type { SettledKeyLookup } from "../../key-set/key-set-machine.ts";
import type { KeySetHealth } from "../../key-set/remote-key-set.ts";
import type { ExtensionsVerdict } from "../extensions.ts";
import type { Outcome } from "../outcome.ts";
import type { RevocationVerdict } from "../trusted-issuer.ts";
import type { TokenCheck, TokenCheckStatus } from "./token-explanation.ts";
import type { TokenReading } from "./token-reading.ts";

/** What a token is judged by; gathered once, so that all see the same. */
export interface TokenFacts {
  readonly reading: TokenReading;
  readonly policy: AccessTokenPolicy;
  readonly maxLength: number;
  readonly now: number;

  /** Absent: no key could be asked for. */
  readonly lookup?: SettledKeyLookup | undefined;

  /** Absent: there was no key to check the signature with, or the engine failed. */
  readonly isGood?: boolean | undefined;

  /** What the engine threw instead of a verdict. */
  readonly engineFailure?: { readonly cause: unknown } | undefined;

  /** Whether revocations are followed at all, and what they say of the token; absent: its signature is not good. */
  readonly followsRevocations: boolean;
  readonly revocation?: RevocationVerdict | undefined;

  /** Whether a schema reads the further claims at all, and what it says; absent: the token is not good without it. */
  readonly hasSchema: boolean;
  readonly extensions?: ExtensionsVerdict | undefined;

  /** Whether the issuer is asked about tokens, and what is left of this one then; absent: it was not asked about it. */
  readonly introspects: boolean;
  readonly reviewed?: Outcome | undefined;

  /** Whether the token is good by its keys, its claims and the feed of revocations. */
  readonly isGoodSoFar: boolean;

  /** Whether tokens that are bound to nothing are refused. */
  readonly requireBoundTokens: boolean;

  /** What the resource needs; absent: nothing but a good token. */
  readonly requiredScope?: readonly string[] | undefined;
  readonly keySet?: KeySetHealth | undefined;
}

/** What one check finds; its name, and what goes without saying, is added by the list. */
export type Finding = Pick<TokenCheck, "status" | "expected" | "actual"> &
  Partial<Pick<TokenCheck, "reference" | "advice">>;

/** The status of a check that could be made. */
export function judged(isGood: boolean): TokenCheckStatus {
  return isGood ? "passed" : "failed";
}
