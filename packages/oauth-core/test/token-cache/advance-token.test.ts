import { HttpStatusError, NetworkError, OAuthResponseError } from "@credicorp/oauth-core";
import type { TokenEffect, PlainTokenEvent, TokenState } from "@credicorp/oauth-core/token-cache";
import {
  advanceToken,
  buildAccessToken,
  initialTokenState,
  stepToken,
} from "@credicorp/oauth-core/token-cache";
import fc from "fast-check";
import { expect, it } from "vitest";

const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });
const errors = [
  new NetworkError("unreachable", { hint: "look", cause: new Error("ECONNRESET") }),
  new HttpStatusError(503, { retryAfterMs: 7000 }),
  new OAuthResponseError({ status: 401, error: "invalid_client" }, { reference: "RFC 6749" }),
];

/** An event, but for what depends on the state that it meets. */
const command = fc.record({
  kind: fc.constantFrom<PlainTokenEvent["kind"]>(
    "wanted",
    "wanted",
    "left",
    "woken",
    "received",
    "failed",
    "rejected",
    "revoked",
  ),
  afterSeconds: fc.constantFrom(0, 0.01, 1, 30, 700),
  value: fc.constantFrom("a", "b"),
  expiresInSeconds: fc.constantFrom(1, 60, 900, undefined),
  isShared: fc.boolean(),
  isOutOfTime: fc.boolean(),
  error: fc.constantFrom(...errors),
  fraction,
});

/** Leaves out what only the whole step tells. */
function withoutTelling(state: TokenState, effects: readonly TokenEffect[]): unknown {
  const { dropped: _dropped, held, ...others } = state;
  const { origin: _origin, ...untraced } = held ?? {};
  const asked = effects
    .filter(({ kind }) => kind !== "report" && kind !== "evict")
    .map((effect) => {
      if (effect.kind === "send") return { ...effect, replaces: undefined };
      if (effect.kind !== "pause" && effect.kind !== "refuse") return effect;
      const { message, outage, retryAfterMs } = effect.error;
      return { ...effect, error: { message, outage, retryAfterMs } };
    });
  return { ...others, held: untraced, asked };
}

it("CLI-10 decides alike with and without telling, over random histories", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: "max" }), (history) => {
      let [bare, told] = [initialTokenState, initialTokenState];
      let now = { monotonicMs: 0, epochSeconds: 1_700_000_000 };
      for (const { kind, afterSeconds, value, expiresInSeconds, ...drawn } of history) {
        if (kind === "left" && bare.waiting === 0) continue;
        now = {
          monotonicMs: now.monotonicMs + afterSeconds * 1000,
          epochSeconds: now.epochSeconds + afterSeconds,
        };
        const response = { accessToken: value, tokenType: "Bearer", scope: undefined } as const;
        const context = { requestedAt: now, requestedScope: ["x"] };
        const event = {
          ...drawn,
          kind,
          value,
          generation: bare.generation,
          deadlineMs: now.monotonicMs + 30_000,
          token: buildAccessToken({ ...response, expiresInSeconds }, context),
        } as PlainTokenEvent;

        const first = advanceToken(bare, event, now);
        const second = stepToken(told, event, now);

        expect(withoutTelling(first.state, first.effects)).toEqual(
          withoutTelling(second.state, second.effects),
        );
        const kinds = first.effects.map((effect) => effect.kind);
        expect(kinds).not.toContain("report");
        expect(kinds).not.toContain("evict");
        [bare, told] = [first.state, second.state];
      }
    }),
  );
});
