import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { parseAccessTokenClaims } from "../../jwt/access-token-claims.ts";
import type {
  PreparedVerification,
  VerificationFailureCode,
} from "../../jwt/verify-access-token.ts";
import type { SignatureAlgorithm } from "../../signature-engine.ts";

/** A token with a good signature, at the moment that its verdict is given. */
export interface TokenSight {
  /** Absent: they are missing or malformed. */
  readonly claims: AccessTokenClaims | undefined;
  readonly algorithm: SignatureAlgorithm;

  /** When its times were looked at, in seconds since the Unix epoch. */
  readonly now: number;

  /** Why it is refused; absent: it is accepted. */
  readonly refusedFor?: VerificationFailureCode | undefined;
}

/** Looks at a token; must neither throw nor keep the sight. */
export type ObserveToken = (sight: TokenSight) => void;

/** Makes the sight of a token whose claims are refused. */
export function sightOf(
  { unverifiedPayload, algorithm }: Pick<PreparedVerification, "unverifiedPayload" | "algorithm">,
  verdict: Pick<TokenSight, "now" | "refusedFor">,
): TokenSight {
  const parsed = parseAccessTokenClaims(unverifiedPayload);
  return { claims: parsed.ok ? parsed.value : undefined, algorithm, ...verdict };
}
