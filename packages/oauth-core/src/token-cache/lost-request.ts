import type { Instant } from "./access-token.ts";
import { sendRequest } from "./token-request-step.ts";
import type { TokenState, TokenTransition } from "./token-state.ts";

/** Takes the news that whoever made the request is gone. Nothing has failed: for those who wait the same try is made again. */
export function onLost(state: TokenState, now: Instant): TokenTransition {
  const { request, waiting } = state;
  const lost = { ...state, request: undefined };
  return request !== undefined && waiting > 0
    ? sendRequest(lost, { attempt: request.attempt, isBackground: false }, now)
    : { state: lost, effects: [] };
}
