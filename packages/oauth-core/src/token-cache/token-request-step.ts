import type { Instant } from "./access-token.ts";
import { rememberedError } from "./remembered-error.ts";
import type {
  OngoingOutage,
  RequestInFlight,
  TokenEffect,
  TokenState,
  TokenTransition,
} from "./token-state.ts";

/** Starts a request, as a new generation; unless told otherwise the first of its round, for callers who wait. */
export function sendRequest(
  state: TokenState,
  {
    attempt = 1,
    isBackground = false,
  }: Partial<Pick<RequestInFlight, "attempt" | "isBackground">> = {},
): TokenTransition {
  const generation = state.generation + 1;
  const request = { generation, attempt, isBackground };
  return { state: { ...state, generation, request }, effects: [{ kind: "send", generation }] };
}

/** Waits for the moment of the next request. */
export function pauseUntilNextTry(
  outage: OngoingOutage,
  now: Instant,
): Extract<TokenEffect, { kind: "pause" }> {
  const error = rememberedError(outage, now.monotonicMs);
  return { kind: "pause", untilMs: outage.nextTryAtMs, error };
}
