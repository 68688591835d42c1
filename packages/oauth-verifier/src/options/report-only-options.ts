import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type { PolicyTrialResult } from "@credicorp/oauth-core/resource-server";

/**
 * A policy that is tried out: it decides nothing, and what it would have decided otherwise is an event `policy_differs`.
 *
 * A token is judged when it is first seen and when it is refused, not each time that it comes again. What is absent is as
 * in the present policy.
 */
export interface ReportOnlyOptions {
  /** As the verifier's option of the same name. */
  readonly audience?: string | readonly string[] | null | undefined;

  /** Some of the present algorithms: keys of others are not there to judge with. */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined;

  /** As the verifier's option of the same name. */
  readonly clockToleranceSeconds?: number | undefined;

  /** Scope tokens that every token must have been granted. @defaultValue none */
  readonly scope?: readonly string[] | undefined;

  /** As the verifier's option of the same name. */
  readonly requireBoundTokens?: boolean | undefined;

  /** Hears what `verifier.subscribe` hears as `policy_differs`. */
  readonly onReport?: ((found: PolicyTrialResult) => unknown) | undefined;
}
