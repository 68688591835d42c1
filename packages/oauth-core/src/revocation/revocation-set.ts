import type { Clock, Revocation } from "../ports.ts";

/** What of a token its revocation is found by. Nothing is kept by the token itself or by its hash. */
export interface RevocableToken {
  readonly jti: string;
  readonly clientId: string;

  /** Seconds since the Unix epoch. */
  readonly issuedAt: number;

  /** The key that signed it, as its header says. */
  readonly kid: string | undefined;
}

/** The revocations of one issuer that are known here. Issuers never share a set: a `jti` is unique for its issuer only. */
export interface RevocationSet {
  /** Learns; hearing a thing again, or in another order, changes nothing. */
  readonly add: (revocation: Revocation) => void;

  readonly isRevoked: (token: RevocableToken) => boolean;

  /** A number that grows whenever something new is learnt: a verdict from before may have been overtaken. */
  readonly generation: () => number;

  /** How many revocations are held. */
  readonly size: () => number;
}

const minSweepSize = 1024;

/**
 * Makes an empty set.
 *
 * Tokens are forgotten once they could not be accepted anyway: the set is swept each time it has doubled, so that it
 * holds at most twice the revocations of the present, or 1024. Of a client the latest date is kept, and keys are kept
 * for ever, as they are few.
 */
export function createRevocationSet(clock: Pick<Clock, "now">): RevocationSet {
  const expiresAtByJti = new Map<string, number>();
  const notBeforeByClient = new Map<string, number>();
  const kids = new Set<string>();
  let generation = 0;
  let sweepAtSize = minSweepSize;

  const addLatest = (map: Map<string, number>, key: string, value: number): void => {
    const known = map.get(key);
    if (known !== undefined && known >= value) return;
    map.set(key, value);
    generation += 1;
  };
  const sweep = (): void => {
    const now = clock.now();
    for (const [jti, expiresAt] of expiresAtByJti) {
      if (expiresAt <= now) expiresAtByJti.delete(jti);
    }
    sweepAtSize = Math.max(minSweepSize, expiresAtByJti.size * 2);
  };

  return {
    add: (revocation) => {
      switch (revocation.kind) {
        case "token":
          addLatest(expiresAtByJti, revocation.jti, revocation.expiresAt);
          if (expiresAtByJti.size >= sweepAtSize) sweep();
          return;
        case "client":
          addLatest(notBeforeByClient, revocation.clientId, revocation.notBefore);
          return;
        case "key":
          if (kids.has(revocation.kid)) return;
          kids.add(revocation.kid);
          generation += 1;
          return;
        default:
        // What a newer server may revoke beside these: nothing is known of it here.
      }
    },
    isRevoked: ({ jti, clientId, issuedAt, kid }) =>
      expiresAtByJti.has(jti) ||
      issuedAt < (notBeforeByClient.get(clientId) ?? 0) ||
      // A token that does not name its key may be signed with any, and so with a stolen one.
      (kid === undefined ? kids.size > 0 : kids.has(kid)),
    generation: () => generation,
    size: () => expiresAtByJti.size + notBeforeByClient.size + kids.size,
  };
}
