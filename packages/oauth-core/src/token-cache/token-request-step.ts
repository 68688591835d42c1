import type { Instant } from "./access-token.ts";
import type { RequestInFlight, TokenState, TokenTransition } from "./token-state.ts";

/** Starts a request, as a new generation. */
export function sendRequest(
  state: TokenState,
  { attempt, isBackground }: Pick<RequestInFlight, "attempt" | "isBackground">,
  now: Instant,
): TokenTransition {
  const generation = state.generation + 1;
  const request = { generation, attempt, isBackground, sentAtMs: now.monotonicMs };
  const replaces = state.held?.token ?? state.dropped;
  return {
    state: { ...state, generation, request },
    effects: [{ kind: "send", generation, replaces }],
  };
}
