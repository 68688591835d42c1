import type { AnyOAuthError, MaybePromise, Result } from "@credicorp/oauth-core";
import {
  AbortedError,
  ConfigurationError,
  failed,
  isOAuthError,
  ok,
  TimeoutError,
} from "@credicorp/oauth-core";

import type { RequestPorts } from "./exchange.ts";
import { settleWithin } from "../waiting/settle-within.ts";

const subjects = {
  clientSecret: "client secret",
  authentication: "client authentication",
  dpop: "DPoP proof",
} as const;

/**
 * Runs a function that makes a proof, which may be a caller's own: it may neither hang, nor reject, nor tell in its error
 * what it knows.
 */
export async function proveSafely<Proof>(
  option: keyof typeof subjects,
  prove: () => MaybePromise<Proof>,
  { requestTimeoutMs: timeoutMs, sleep, stopping: signal }: RequestPorts,
): Promise<Result<Proof, AnyOAuthError>> {
  const subject = subjects[option];
  try {
    if (!signal.aborted) {
      const proof = await settleWithin(Promise.resolve(prove()), { timeoutMs, sleep, signal });
      if (proof !== undefined) return ok(proof);
    }
    if (signal.aborted) return failed(new AbortedError("The request was aborted"));
    return failed(
      new TimeoutError(`There was no ${subject} within ${timeoutMs} ms`, {
        hint: `Look at the function that gives the ${subject}: it does not answer.`,
      }),
    );
  } catch (error) {
    if (isOAuthError(error)) return failed(error);
    // What a caller's function throws may hold the secret that it failed to read.
    return failed(
      new ConfigurationError(option, `The function that gives the ${subject} has failed`, {
        hint: "Catch and log its error where it is thrown; it is not repeated here.",
      }),
    );
  }
}
