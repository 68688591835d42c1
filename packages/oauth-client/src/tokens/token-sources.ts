import type { MaybePromise } from "@credicorp/oauth-core";
import { buildCacheKey } from "@credicorp/oauth-core/token-cache";
import { bytes, digest } from "@credicorp/oauth-runtime";

import type { TokenSource } from "./token-source.ts";

/** The token sources of a client, one per cache key. */
export interface TokenSources {
  /** The source for the client's own scope; it is never given up. */
  readonly own: TokenSource;

  /** Returns the source for a canonical scope; it is made when it is not there. */
  readonly get: (scope: readonly string[]) => MaybePromise<TokenSource>;
  readonly all: () => readonly TokenSource[];
}

/** What {@link createTokenSources} needs. */
export interface TokenSourcesOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly authenticationMethod: string;

  /** Canonical. */
  readonly ownScope: readonly string[];
  readonly create: (scope: readonly string[]) => TokenSource;
}

// A program has few scopes. One with more builds them from its input, and pays with a token request now and then.
const maxSources = 1000;

/** Keeps token sources by cache key; the one that was not asked for the longest makes room for a new one. */
export function createTokenSources(options: TokenSourcesOptions): TokenSources {
  const { issuer, clientId, authenticationMethod, ownScope, create } = options;
  const own = create(ownScope);
  // In the order in which they were last asked for.
  const sources = new Map<string, TokenSource>();

  function getByKey(key: string, scope: readonly string[]): TokenSource {
    const source = sources.get(key) ?? makeRoomAndCreate(scope);
    sources.delete(key);
    sources.set(key, source);
    return source;
  }

  function makeRoomAndCreate(scope: readonly string[]): TokenSource {
    const [oldest] = sources;
    if (sources.size >= maxSources && oldest !== undefined) {
      const [key, source] = oldest;
      sources.delete(key);
      source.close(`Tokens for more than ${maxSources} other scopes were asked for meanwhile`);
    }
    return create(scope);
  }

  return {
    own,
    get: (scope) => {
      if (scope.join(" ") === ownScope.join(" ")) return own;
      const fields = { issuer, clientId, authenticationMethod, scope };
      const key = buildCacheKey(fields, { digest, bytes });
      return typeof key === "string"
        ? getByKey(key, scope)
        : key.then((value) => getByKey(value, scope));
    },
    all: () => [own, ...sources.values()],
  };
}
