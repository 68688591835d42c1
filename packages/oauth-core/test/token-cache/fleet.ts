import type { Instant, TokenState, TokenTransition } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken, initialTokenState, stepToken } from "@credicorp/oauth-core/token-cache";

/** Clients that start in the same moment and are never idle. */
export interface Fleet {
  readonly clients: number;
  readonly lifetimeSeconds: number;
  readonly seconds: number;

  /** A random number in [0, 1) per draw; a constant one takes the jitter away. */
  readonly fraction: () => number;
}

/** Token requests of a fleet, once its first tokens would have expired. */
export interface FleetLoad {
  /** In any 60 seconds. */
  readonly peak: number;
  readonly mean: number;
  readonly peakPerMean: number;
}

const windowSeconds = 60;
const answerMs = 100;

/** Lets a fleet live in virtual time. Clients do not know of each other, so each lives its day at one go. */
export function simulateFleet({ clients, lifetimeSeconds, seconds, fraction }: Fleet): FleetLoad {
  const requests = new Uint32Array(seconds);
  for (let client = 0; client < clients; client += 1) {
    for (const sentAtMs of requestTimes({ lifetimeSeconds, seconds, fraction })) {
      const second = Math.floor(sentAtMs / 1000);
      requests[second] = (requests[second] ?? 0) + 1;
    }
  }
  return measure(requests.subarray(lifetimeSeconds));
}

function* requestTimes({
  lifetimeSeconds,
  seconds,
  fraction,
}: Omit<Fleet, "clients">): Generator<number> {
  let state: TokenState = initialTokenState;
  let nowMs = 0;
  const now = (): Instant => ({ monotonicMs: nowMs, epochSeconds: nowMs / 1000 });
  const enter = (transition: TokenTransition): TokenTransition => {
    ({ state } = transition);
    return transition;
  };
  while (nowMs < seconds * 1000) {
    const { effects } = enter(stepToken(state, { kind: "wanted", deadlineMs: Infinity }, now()));
    const send = effects.find((effect) => effect.kind === "send");
    if (send === undefined) throw new Error("A refresh that was due was not made");
    yield nowMs;
    const requestedAt = now();
    nowMs += answerMs;
    const { generation } = send;
    const token = buildAccessToken(
      {
        accessToken: `token ${generation}`,
        tokenType: "Bearer",
        expiresInSeconds: lifetimeSeconds,
        scope: undefined,
      },
      { requestedAt, requestedScope: [] },
    );
    enter(
      stepToken(
        state,
        { kind: "received", generation, token, isShared: false, fraction: fraction() },
        now(),
      ),
    );
    // The next call that has anything to do: a busy client makes it at once.
    nowMs = Math.ceil(requestedAt.monotonicMs + (state.held?.schedule.ageingAfterMs ?? 0));
  }
}

function measure(requests: Uint32Array): FleetLoad {
  let inWindow = 0;
  let peak = 0;
  let total = 0;
  for (let second = 0; second < requests.length; second += 1) {
    inWindow += (requests[second] ?? 0) - (requests[second - windowSeconds] ?? 0);
    total += requests[second] ?? 0;
    if (second >= windowSeconds - 1) peak = Math.max(peak, inWindow);
  }
  const mean = (total / requests.length) * windowSeconds;
  return { peak, mean, peakPerMean: peak / mean };
}
