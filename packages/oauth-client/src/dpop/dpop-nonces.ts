import { parseDpopNonce } from "@credicorp/oauth-core/protocol";

import type { NonceAnswer } from "../options/proof-of-possession.ts";

/** The last nonce of each server. */
export interface DpopNonces {
  readonly get: (from: NonceAnswer["from"], url: string) => string | undefined;

  /** Takes up the nonce of an answer; tells whether there was one. */
  readonly learn: (answer: NonceAnswer) => boolean;
}

/**
 * Keeps nonces by origin. Where an authorization server and an API share an origin each has its own, since each may know
 * only its own; the other's is tried first where there is no better one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-8.2 | RFC 9449 section 8.2}
 */
export function createDpopNonces(): DpopNonces {
  const nonces = new Map<string, Partial<Record<NonceAnswer["from"], string>>>();
  return {
    get: (from, url) => {
      const known = nonces.get(new URL(url).origin);
      return known?.[from] ?? known?.authorization_server ?? known?.resource_server;
    },
    learn: ({ from, url, nonce: value }) => {
      const nonce = parseDpopNonce(value);
      if (nonce === undefined) return false;
      const { origin } = new URL(url);
      nonces.set(origin, { ...nonces.get(origin), [from]: nonce });
      return true;
    },
  };
}
