import type { MaybePromise } from "@credicorp/oauth-core";
import { buildCacheKey } from "@credicorp/oauth-core/token-cache";
import { bytes, digest } from "@credicorp/oauth-runtime";

import type { TokenSource } from "./token-source.ts";

/** The token sources of a client, one per cache key. */
export interface TokenSources {
  /** Returns the source for a scope; it is made when it is not there. */
  readonly get: (scope: readonly string[]) => MaybePromise<TokenSource>;
  readonly all: () => readonly TokenSource[];
}

/** What {@link createTokenSources} needs. */
export interface TokenSourcesOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly authenticationMethod: string;
  readonly create: (scope: readonly string[]) => TokenSource;
}

// A program has few scopes. One with more builds them from its input, and pays with a token request now and then.
const maxSources = 1000;

/** Keeps token sources by cache key; the oldest makes room for a new one. */
export function createTokenSources(options: TokenSourcesOptions): TokenSources {
  const { issuer, clientId, authenticationMethod, create } = options;
  const sources = new Map<string, TokenSource>();

  function getByKey(key: string, scope: readonly string[]): TokenSource {
    const known = sources.get(key);
    if (known !== undefined) return known;
    const [oldest] = sources.keys();
    if (sources.size >= maxSources && oldest !== undefined) sources.delete(oldest);
    const source = create(scope);
    sources.set(key, source);
    return source;
  }

  return {
    get: (scope) => {
      const fields = { issuer, clientId, authenticationMethod, scope };
      const key = buildCacheKey(fields, { digest, bytes });
      return typeof key === "string"
        ? getByKey(key, scope)
        : key.then((value) => getByKey(value, scope));
    },
    all: () => [...sources.values()],
  };
}
