import type { Clock, MaybePromise, Random, Sleep } from "@credicorp/oauth-core";
import { TimeoutError } from "@credicorp/oauth-core";

import type { ProofOfPossession } from "../options/proof-of-possession.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import { shareSignal } from "../waiting/shared-signal.ts";
import { buildAbortedError } from "../waiting/waiting-callers.ts";
import { isNonceDemanded } from "./rejected-token.ts";
import type { AuthorizedAttempt, Grant, RequestAuthorization } from "./request-authorization.ts";

/** What {@link createProvenAuthorization} needs. */
export interface ProvenAuthorizationOptions {
  readonly authorization: RequestAuthorization;
  readonly proof: ProofOfPossession;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

// As a fetch does; any other method keeps its case.
const normalizedMethod = /^(?:delete|get|head|options|post|put)$/i;

/**
 * Adds to every attempt a proof of the key that its token is bound to.
 *
 * Each attempt has a proof of its own. A nonce is taken from every answer, and an answer that does nothing but ask for one
 * is followed by another attempt, once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7 | RFC 9449 sections 7 and 9}
 */
export function createProvenAuthorization(
  options: ProvenAuthorizationOptions,
): RequestAuthorization {
  const { authorization, proof } = options;

  async function prove(
    attempt: AuthorizedAttempt,
    grant: Grant,
    wasNonceGiven: boolean,
  ): Promise<AuthorizedAttempt> {
    const { url } = grant.request;
    const field = await makeProof(attempt, grant, options);
    return {
      headers: { ...attempt.headers, dpop: field },
      // At once for the usual answer, which nobody should have to wait for.
      next: (answer) => {
        const nonce = answer.header("dpop-nonce");
        const hasNonce = proof.learn({ from: "resource_server", url, nonce });
        if (isNonceDemanded(answer)) {
          const mayHelp = hasNonce && !wasNonceGiven && answer.canRepeat;
          return mayHelp ? prove(attempt, grant, true) : undefined;
        }
        return proveNext(attempt.next(answer), grant, wasNonceGiven);
      },
    };
  }

  function proveNext(
    next: MaybePromise<AuthorizedAttempt | undefined>,
    grant: Grant,
    wasNonceGiven: boolean,
  ): MaybePromise<AuthorizedAttempt | undefined> {
    if (next === undefined) return undefined;
    return Promise.resolve(next).then((other) => other && prove(other, grant, wasNonceGiven));
  }

  return async (grant) => prove(await authorization(grant), grant, false);
}

/** @throws {@link TimeoutError} when the key, which may be elsewhere, does not sign in time. */
async function makeProof(
  { headers }: AuthorizedAttempt,
  { request, patience }: Grant,
  { proof, clock, random, sleep }: ProvenAuthorizationOptions,
): Promise<string> {
  const { method, url } = request;
  const [, accessToken] = headers.authorization.split(" ");
  const sent = normalizedMethod.test(method) ? method.toUpperCase() : method;
  const work = Promise.resolve(proof.prove({ method: sent, url, accessToken }, { clock, random }));
  const signal = patience.signal && shareSignal(patience.signal);
  const bound = { timeoutMs: patience.maxWaitMs, sleep, signal };
  const field = await settleWithin(work, bound);
  if (field !== undefined) return field;
  if (signal?.aborted) throw buildAbortedError(signal.reason);
  throw new TimeoutError(`There was no DPoP proof within ${patience.maxWaitMs} ms`, {
    hint: "Look at the function that signs: it does not answer.",
  });
}
