/**
 * The most that a verifier's clock may differ from the issuer's, in seconds.
 *
 * A verifier that tolerates so much accepts a token for so long after its end; its revocation must be known until then.
 */
export const maxClockToleranceSeconds = 300;

/** Returns when the revocation of a token may be forgotten; both times are seconds since the Unix epoch. */
export function revocationExpiresAt(tokenExpiresAt: number): number {
  return tokenExpiresAt + maxClockToleranceSeconds;
}
