import { sendRequest } from "./token-request-step.ts";
import type { TokenState, TokenTransition } from "./token-state.ts";

/** Takes the news that whoever made the request is gone. Nothing has failed: for those who wait the same try is made again. */
export function onLost(state: TokenState): TokenTransition {
  const { request, waiting } = state;
  const lost = { ...state, request: undefined };
  return request !== undefined && waiting > 0
    ? sendRequest(lost, { attempt: request.attempt })
    : { state: lost, effects: [] };
}
