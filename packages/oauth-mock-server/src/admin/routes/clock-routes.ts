import { isOAuthError } from "@credicorp/oauth-core";
import { z } from "zod";

import type { SandboxClock } from "../../clock/sandbox-clock.ts";
import { refusal } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import { durationSchema, emptySchema } from "./schemas.ts";

const state = z.object({
  now: z.number().describe("Seconds since the Unix epoch"),
  isFrozen: z.boolean(),
  offsetMs: z.number().describe("How far the wall clock has been moved, the skew left out"),
  skewMs: z.number(),
});

interface Move<Body> {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly body: z.ZodType<Body>;
  readonly move: (clock: SandboxClock, body: Body) => void;

  /** What says where to; absent: nothing can be wrong. */
  readonly member?: string;
}

/** All of these answer how the clock stands then. */
function moveRoute<Body>({ move, member, ...definition }: Move<Body>): AdminRoute {
  return route({
    ...definition,
    tag: "clock",
    method: "POST",
    status: 200,
    answer: state,
    refusals: [422],
    run: ({ body }, { clock }) => {
      try {
        move(clock, body);
      } catch (error) {
        throw isOAuthError(error) && error.kind === "config" ? refusal(error, member) : error;
      }
      return clock.state();
    },
  });
}

/** The time of the sandbox. */
export const clockRoutes: readonly AdminRoute[] = [
  route({
    id: "getClock",
    tag: "clock",
    method: "GET",
    path: "/clock",
    summary: "Returns how the clock stands.",
    status: 200,
    answer: state,
    run: (_input, { clock }) => clock.state(),
  }),
  moveRoute({
    id: "advanceClock",
    path: "/clock/advance",
    summary: "Moves all time forward.",
    body: z.strictObject({ by: durationSchema }),
    move: (clock, { by }) => clock.advance(by),
    member: "body.by",
  }),
  moveRoute({
    id: "freezeClock",
    path: "/clock/freeze",
    summary: "Stops all time; advance, set and skew still move it.",
    body: emptySchema,
    move: (clock) => clock.freeze(),
  }),
  moveRoute({
    id: "resumeClock",
    path: "/clock/resume",
    summary: "Lets time run again, from where it stands.",
    body: emptySchema,
    move: (clock) => clock.resume(),
  }),
  moveRoute({
    id: "setClock",
    path: "/clock/set",
    summary: "Goes to an instant: forward all time moves, backwards the wall clock alone.",
    body: z.strictObject({
      to: z
        .union([z.number(), z.string()], {
          error: "must be a number of seconds or a text of RFC 3339",
        })
        .describe("Seconds since the Unix epoch, or RFC 3339 such as 2027-01-01T09:00:00Z"),
    }),
    move: (clock, { to }) => clock.set(to),
    member: "body.to",
  }),
  moveRoute({
    id: "skewClock",
    path: "/clock/skew",
    summary: "Makes the wall clock differ by this from what it would be; 0 ends it.",
    body: z.strictObject({ by: durationSchema }),
    move: (clock, { by }) => clock.skew(by),
    member: "body.by",
  }),
  moveRoute({
    id: "resetClock",
    path: "/clock/reset",
    summary: "Undoes all moves of the clock.",
    body: emptySchema,
    move: (clock) => clock.reset(),
  }),
];
