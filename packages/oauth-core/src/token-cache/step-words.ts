import type { AnyOAuthError } from "../errors.ts";
import type { TakenStep, TokenEffect } from "./token-state.ts";

/**
 * Puts into words what the errors of a step say in fields: what to do, since when, and until when.
 *
 * They were made by this step, and nobody else has seen them yet.
 */
export function tellErrors(
  { before, event, after }: TakenStep,
  effects: readonly TokenEffect[],
): void {
  if (event.kind === "received" && after.outage !== undefined && after.outage !== before.outage) {
    Object.assign(after.outage.error, {
      reference: "RFC 6749 section 5.1",
      hint: "Compare the clocks of this machine and of the server.",
    });
  }
  for (const effect of effects) {
    if (effect.kind !== "refuse" && effect.kind !== "pause") continue;
    const { reference } = after.outage?.error ?? {};
    Object.assign(effect.error, {
      reference,
      hint: hintOf(effect.error, after.outage?.error.hint),
    });
  }
}

function hintOf({ outage, retryAfterMs }: AnyOAuthError, hint: string | undefined): string {
  const { attempts = 0, since = 0 } = outage ?? {};
  const history =
    `Nothing was sent for this call: ${attempts} ${attempts === 1 ? "attempt has" : "attempts have"} failed since ` +
    `${new Date(since * 1000).toISOString()}, and the next is in ${retryAfterMs} ms.`;
  return hint === undefined ? history : `${hint} ${history}`;
}
