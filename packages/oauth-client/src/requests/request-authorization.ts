import type { Clock, MaybePromise } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

import type { ApiRequest } from "../options/client-options.ts";
import type { TokenSource } from "../tokens/token-source.ts";
import type { Patience } from "../waiting/waiting-callers.ts";
import type { ApiAnswer } from "./rejected-token.ts";
import { isTokenRejected } from "./rejected-token.ts";

/** The header fields that authorise one request, by their names in lower case. */
export interface AuthorizationHeaders {
  readonly authorization: string;

  /** The proof that goes with a token that is bound to a key: for this one request, and good once. */
  readonly dpop?: string;
}

/** What authorises one request, and what may follow its answer. */
export interface AuthorizedAttempt {
  readonly headers: AuthorizationHeaders;

  /**
   * Takes the answer, and resolves to the attempt that is to replace this one; `undefined` when the answer stands.
   *
   * That is after `401 invalid_token`, once, when the body can be sent again and there is another token. A token that
   * was made for this very call would only be rejected again. Where tokens are bound to a key, it is also after an answer
   * that asks for a nonce, once. Hand in every answer, and none that came after a redirect
   * to another origin: it says nothing about our token.
   *
   * @throws {@link AbortedError} when the caller has given up while another token was fetched.
   */
  readonly next: (answer: ApiAnswer) => MaybePromise<AuthorizedAttempt | undefined>;
}

/** What {@link createRequestAuthorization} needs. */
export interface RequestAuthorizationOptions {
  readonly clock: Clock;
  readonly unchallenged401: "return" | "retry";
}

/** What is to be authorised, where its token comes from, and how long its caller waits. */
export interface Grant {
  readonly request: ApiRequest;
  readonly source: TokenSource;
  readonly patience: Patience;
}

/** Authorises a request; answers at once while a token is held. */
export type RequestAuthorization = (grant: Grant) => MaybePromise<AuthorizedAttempt>;

/** Makes the one place where a token becomes the header of a request. */
export function createRequestAuthorization(
  options: RequestAuthorizationOptions,
): RequestAuthorization {
  const { clock, unchallenged401 } = options;

  function attemptWith(token: AccessToken, isOlder: boolean, grant: Grant): AuthorizedAttempt {
    const { authorization, value } = token;
    return {
      headers: { authorization },
      next: (answer) => {
        if (!isTokenRejected(answer, unchallenged401)) return undefined;
        const isReplaceable = grant.source.drop(value, "rejected");
        return isReplaceable && isOlder && answer.canRepeat ? replace(grant) : undefined;
      },
    };
  }

  async function obtain(grant: Grant): Promise<AuthorizedAttempt> {
    const calledAtMs = clock.monotonicMs();
    const token = await grant.source.get(grant.patience);
    return attemptWith(token, token.requestedAt.monotonicMs < calledAtMs, grant);
  }

  return (grant) => {
    const token = grant.source.peek();
    return token === undefined ? obtain(grant) : attemptWith(token, true, grant);
  };
}

async function replace({ source, patience }: Grant): Promise<AuthorizedAttempt | undefined> {
  try {
    const { authorization } = source.peek() ?? (await source.get(patience));
    return { headers: { authorization }, next: () => undefined };
  } catch (error) {
    if (patience.signal?.aborted) throw error;
    // The answer that made us ask says more to the caller than our error.
    return undefined;
  }
}
