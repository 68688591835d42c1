import type { MaybePromise } from "../ports.ts";
import type { VerificationKey } from "../signature-engine.ts";

/** The signature checks that are under way. */
export interface SharedChecks {
  /** Runs `check`, or waits for the one that runs for the same token and key. */
  readonly run: (
    token: string,
    key: VerificationKey,
    check: () => MaybePromise<boolean>,
  ) => MaybePromise<boolean>;
}

interface RunningCheck {
  readonly token: string;
  readonly key: VerificationKey;
  readonly verdict: Promise<boolean>;
}

/**
 * Makes requests with one new token share its signature check, where the engine takes its time.
 *
 * They share nothing else: time and revocations are looked at by each of them, when its own turn comes.
 */
export function createSharedChecks(): SharedChecks {
  const byToken = new Map<string, RunningCheck>();
  return {
    run: (token, key, check) => {
      // Nothing runs where the engine answers at once; the look-up would hash the whole token.
      const running = byToken.size === 0 ? undefined : byToken.get(token);
      if (running?.key === key) return running.verdict;
      const verdict = check();
      if (!(verdict instanceof Promise)) return verdict;
      const own: RunningCheck = { token, key, verdict };
      byToken.set(token, own);
      const forget = (): void => {
        if (byToken.get(token) === own) byToken.delete(token);
      };
      verdict.then(forget, forget);
      return verdict;
    },
  };
}
