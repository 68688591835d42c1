import type { AnyOAuthError, Result } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

/** What a token source asks for. */
export interface TokenWish {
  readonly signal: AbortSignal;

  /** The token that has had its time: it, and what is older, is no answer. */
  readonly replaces: AccessToken | undefined;
}

/** A token, and whether another process had asked for it. */
export interface SuppliedToken {
  readonly token: AccessToken;
  readonly isShared: boolean;
}

/** Where the tokens of one cache key come from. */
export interface TokenSupply {
  /** Obtains one token; never rejects. */
  readonly obtain: (wish: TokenWish) => Promise<Result<SuppliedToken, AnyOAuthError>>;

  /** Takes a token that is not accepted any more from where others would find it. */
  readonly evict: (token: AccessToken) => void;
}

/** Makes one token request; never rejects. */
export type RequestToken = (signal: AbortSignal) => Promise<Result<AccessToken, AnyOAuthError>>;

/** Makes the supply of a process that shares with no other. */
export function createOwnSupply(request: RequestToken): TokenSupply {
  return {
    obtain: async ({ signal }) => {
      const result = await request(signal);
      return result.ok ? { ok: true, value: { token: result.value, isShared: false } } : result;
    },
    evict: () => undefined,
  };
}
