import type { TokenSource } from "./token-source.ts";
import type { TokenTarget } from "./token-target.ts";

/** The token sources of a client, one per target. */
export interface TokenSources {
  /** The source for the client's own scope and resources; it is never given up. */
  readonly own: TokenSource;

  /** Returns the source for a target; it is made when it is not there. */
  readonly get: (target: TokenTarget) => TokenSource;
  readonly all: () => readonly TokenSource[];
}

/** What {@link createTokenSources} needs. */
export interface TokenSourcesOptions {
  readonly ownTarget: TokenTarget;
  readonly create: (target: TokenTarget) => TokenSource;
}

// A program has few scopes. One with more builds them from its input, and pays with a token request now and then.
const maxSources = 1000;

/** Keeps token sources by target; the one that was not asked for the longest makes room for a new one. */
export function createTokenSources({ ownTarget, create }: TokenSourcesOptions): TokenSources {
  const own = create(ownTarget);
  // In the order in which they were last asked for.
  const sources = new Map<string, TokenSource>();
  let lastKey: string | undefined;

  function makeRoomAndCreate(target: TokenTarget): TokenSource {
    const [oldest] = sources;
    if (sources.size >= maxSources && oldest !== undefined) {
      const [key, source] = oldest;
      sources.delete(key);
      source.close(`Tokens for more than ${maxSources} other scopes were asked for meanwhile`);
    }
    return create(target);
  }

  return {
    own,
    get: (target) => {
      const { key } = target;
      if (key === ownTarget.key) return own;
      const known = sources.get(key);
      // Moving an entry to the end costs more than finding it.
      if (known !== undefined && key === lastKey) return known;
      const source = known ?? makeRoomAndCreate(target);
      sources.delete(key);
      sources.set(key, source);
      lastKey = key;
      return source;
    },
    all: () => [own, ...sources.values()],
  };
}
