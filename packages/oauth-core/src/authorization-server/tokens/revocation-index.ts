import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import type { Clock, Revocation, RevocationFeed } from "../../ports.ts";

/** Answers whether a token has been revoked. */
export interface RevocationIndex {
  /** Reads the news of the feed first, so that a revocation counts at once on every node. */
  readonly isRevoked: (
    claims: Pick<AccessTokenClaims, "jti" | "clientId" | "issuedAt">,
  ) => Promise<boolean>;
}

const minSweepSize = 1024;

/** Makes an index over a feed; revoked tokens are forgotten once they have expired. */
export function createRevocationIndex(
  feed: Pick<RevocationFeed, "poll">,
  clock: Pick<Clock, "now">,
): RevocationIndex {
  const expiresAtByJti = new Map<string, number>();
  const notBeforeByClient = new Map<string, number>();
  let cursor: string | undefined;
  let sweepAtSize = minSweepSize;

  const apply = (revocation: Revocation): void => {
    if (revocation.kind === "client") {
      const previous = notBeforeByClient.get(revocation.clientId) ?? 0;
      notBeforeByClient.set(revocation.clientId, Math.max(previous, revocation.notBefore));
      return;
    }
    expiresAtByJti.set(revocation.jti, revocation.expiresAt);
    if (expiresAtByJti.size < sweepAtSize) return;
    const now = clock.now();
    for (const [jti, expiresAt] of expiresAtByJti) {
      if (expiresAt <= now) expiresAtByJti.delete(jti);
    }
    sweepAtSize = Math.max(minSweepSize, expiresAtByJti.size * 2);
  };

  return {
    isRevoked: async ({ jti, clientId, issuedAt }) => {
      // Concurrent polls may read the same news twice: applying them again changes nothing.
      const news = await feed.poll(cursor);
      news.revocations.forEach(apply);
      cursor = news.cursor;
      return expiresAtByJti.has(jti) || issuedAt < (notBeforeByClient.get(clientId) ?? 0);
    },
  };
}
