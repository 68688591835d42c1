import type { AccessToken } from "./access-token.ts";
import type { HeldToken, TakenStep, TokenEffect, TokenTransition } from "./token-state.ts";

/**
 * Adds to a step where its token came from and which one it replaces, which the machine itself need not know.
 *
 * Processes that share their tokens must not find one that was dropped, and an explanation says why a token was asked
 * for.
 */
export function withProvenance(
  { before, event, after }: TakenStep,
  effects: readonly TokenEffect[],
): TokenTransition {
  const isDropped = before.held !== undefined && after.held === undefined;
  const isNew = after.held !== undefined && after.held !== before.held;
  const kept = isNew ? undefined : before.dropped;
  const dropped = isDropped ? before.held.token : kept;
  const held = isNew ? { ...after.held, origin: originOf({ before, event }) } : after.held;
  const replaces = held?.token ?? dropped;
  const traced = effects.map((effect) =>
    effect.kind === "send" ? { ...effect, replaces } : effect,
  );
  return {
    state: { ...after, held, dropped },
    effects: isDropped ? evictFirst(traced, before.held.token) : traced,
  };
}

function originOf({ before, event }: Pick<TakenStep, "before" | "event">): HeldToken["origin"] {
  if (event.kind === "received" && event.isShared) return "shared";
  return before.dropped === undefined ? "requested" : "forced";
}

/** What is in flight is stopped before, and what is sent would find the token otherwise. */
function evictFirst(effects: readonly TokenEffect[], token: AccessToken): readonly TokenEffect[] {
  const [first, ...others] = effects;
  const evict: TokenEffect = { kind: "evict", token };
  return first?.kind === "stop" ? [first, evict, ...others] : [evict, ...effects];
}
