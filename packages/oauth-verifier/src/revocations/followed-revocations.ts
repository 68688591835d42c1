import type { RevocableToken } from "@credicorp/oauth-core/revocation";
import { createRevocationSet } from "@credicorp/oauth-core/revocation";
import type { CheckRevocation, RevocationVerdict } from "@credicorp/oauth-core/resource-server";

import type { CheckedRevocationOptions } from "../options/revocation-options.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";

/** How well a verifier knows what has been revoked. */
export interface RevocationHealth {
  /** `unread` before the first attempt, `degraded` while attempts fail: what is known is still obeyed. */
  readonly phase: "unread" | "current" | "degraded";

  /** Grows with whatever is learnt. */
  readonly generation: number;

  /** How many revocations are held. */
  readonly size: number;

  /** Failures in a row. */
  readonly failures: number;

  /** Why the last attempt failed, `feed_failed` or `timeout`; `undefined` after a success. */
  readonly lastFailure: string | undefined;

  /** Since the feed was last read; `undefined` when it never was. */
  readonly secondsSinceSuccess: number | undefined;
}

/** What happened to a feed of revocations: the first failure in a row, and the end of it. */
export type RevocationReport =
  | { readonly type: "revocations_failed"; readonly reason: string }
  | { readonly type: "revocations_recovered"; readonly failures: number };

/** The revocations of one issuer, as a feed tells them. */
export interface FollowedRevocations {
  /** Reads the feed first where what is known is too old. */
  readonly check: CheckRevocation;

  /** A verdict that was given under another generation may have been overtaken. */
  readonly generation: () => number;

  /** Reads the feed now, unless that was done just before; resolves when it failed, too. */
  readonly load: () => Promise<void>;
  readonly health: () => RevocationHealth;

  /** Asks the feed no more; what is known is obeyed. */
  readonly close: () => void;
}

interface Attempt {
  readonly startedMs: number;
  readonly done: Promise<void>;
}

/**
 * Follows a feed on access: no timers, so that an idle verifier asks nobody and keeps no process alive.
 *
 * A verdict rests on a reading that began at most `lagMs` before it. From half of that age on the feed is read again
 * in the background, one reading at a time, so that a verifier in use never waits; one that was idle waits for one
 * reading. A reading that takes longer than half of the lag counts as failed, and until one succeeds what is known
 * is obeyed.
 */
export function followRevocations(
  options: CheckedRevocationOptions & { readonly timeoutMs: number },
  ports: Pick<VerifierPorts, "clock" | "sleep">,
  report: (report: RevocationReport) => void = () => undefined,
): FollowedRevocations {
  const { feed, lagMs, maxOutageMs } = options;
  const { clock, sleep } = ports;
  const timeoutMs = lagMs === 0 ? options.timeoutMs : Math.min(options.timeoutMs, lagMs / 2);
  const retryAfterSeconds = Math.max(Math.ceil(lagMs / 2000), 1);
  const known = createRevocationSet(clock);
  let cursor: string | undefined;
  let attempt: Attempt | undefined;
  // When the last attempt that has ended was begun, whether it succeeded or not.
  let askedMs = -Infinity;
  let firstAskedMs: number | undefined;
  let succeededMs: number | undefined;
  let failures = 0;
  let lastFailure: string | undefined;
  let unsubscribe: (() => void) | undefined;
  let isClosed = false;

  const listen = (): void => {
    try {
      unsubscribe ??= feed.subscribe?.(known.add);
    } catch {
      // A push only comes sooner: the readings bring the same. Tried again with the next of them.
    }
  };
  const read = async (): Promise<void> => {
    const news = await feed.poll(cursor);
    // A reading that comes after its time is still true. An older cursor only brings the same news again.
    news.revocations.forEach(known.add);
    cursor = news.cursor;
  };
  const end = (ended: Attempt, failure: string | undefined): void => {
    if (attempt !== ended) return;
    attempt = undefined;
    askedMs = ended.startedMs;
    lastFailure = failure;
    if (failure === undefined && failures > 0) report({ type: "revocations_recovered", failures });
    if (failure !== undefined && failures === 0) {
      report({ type: "revocations_failed", reason: failure });
    }
    failures = failure === undefined ? 0 : failures + 1;
    if (failure === undefined) succeededMs = ended.startedMs;
  };
  const begin = (startedMs: number): Attempt => {
    firstAskedMs ??= startedMs;
    listen();
    const begun: Attempt = {
      startedMs,
      done: read().then(
        () => end(begun, undefined),
        () => end(begun, "feed_failed"),
      ),
    };
    attempt = begun;
    return begun;
  };
  const endOverdue = (nowMs: number): void => {
    if (attempt !== undefined && nowMs - attempt.startedMs >= timeoutMs) end(attempt, "timeout");
  };

  const settle = async (awaited: Attempt): Promise<void> => {
    const settled = new AbortController();
    await Promise.race([awaited.done, sleep(timeoutMs, settled.signal)]);
    settled.abort();
    end(awaited, "timeout");
  };
  const readNow = async (): Promise<void> => {
    // Without a lag, what was begun before this call may have missed what was revoked since.
    if (lagMs === 0 && attempt !== undefined) await settle(attempt);
    if (!isClosed) await settle(attempt ?? begin(clock.monotonicMs()));
  };
  const bringUpToDate = (nowMs: number): Promise<void> | undefined => {
    endOverdue(nowMs);
    const ageMs = nowMs - askedMs;
    if (isClosed || (ageMs <= lagMs / 2 && lagMs > 0)) return undefined;
    if (ageMs > lagMs || lagMs === 0) return readNow();
    if (attempt === undefined) begin(nowMs);
    return undefined;
  };
  const judge = (token: RevocableToken): RevocationVerdict => {
    if (known.isRevoked(token)) return { kind: "revoked" };
    if (failures > 0) {
      const sinceMs = succeededMs ?? firstAskedMs ?? clock.monotonicMs();
      const outageMs = clock.monotonicMs() - sinceMs;
      if (outageMs >= maxOutageMs) return { kind: "unavailable", retryAfterSeconds };
    }
    return { kind: "not_revoked" };
  };

  return {
    check: (token) => {
      const waiting = bringUpToDate(clock.monotonicMs());
      return waiting === undefined ? judge(token) : waiting.then(() => judge(token));
    },
    generation: known.generation,
    load: async () => bringUpToDate(clock.monotonicMs()),
    health: () => ({
      phase: failures > 0 ? "degraded" : succeededMs === undefined ? "unread" : "current",
      generation: known.generation(),
      size: known.size(),
      failures,
      lastFailure,
      secondsSinceSuccess:
        succeededMs === undefined ? undefined : (clock.monotonicMs() - succeededMs) / 1000,
    }),
    close: () => {
      isClosed = true;
      unsubscribe?.();
      unsubscribe = undefined;
    },
  };
}
