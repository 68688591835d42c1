import { z } from "zod";

import { notFound } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import { algorithmSchema } from "./schemas.ts";

const key = z.object({
  kid: z.string(),
  algorithm: algorithmSchema,
  phase: z.enum(["unpublished", "announced", "signing", "retained", "removed"]),
});

/** Signing keys. */
export const keyRoutes: readonly AdminRoute[] = [
  route({
    id: "listKeys",
    tag: "keys",
    method: "GET",
    path: "/keys",
    summary: "Lists the signing keys and where in its life each is.",
    status: 200,
    answer: z.object({ keys: z.array(key) }),
    run: async (_input, { keys }) => ({ keys: await keys.list() }),
  }),
  route({
    id: "rotateKey",
    tag: "keys",
    method: "POST",
    path: "/keys",
    summary: "Makes a key that takes over; tokens of the previous one stay good.",
    body: z.strictObject({
      algorithm: algorithmSchema.optional(),
      announceSeconds: z
        .number()
        .int()
        .min(0)
        .max(31_536_000)
        .optional()
        .describe("How long the JWKS shows it before it signs; 0 unless it is given"),
    }),
    status: 201,
    answer: key,
    refusals: [422],
    run: ({ body: { algorithm, announceSeconds } }, { keys }) =>
      keys.rotate({
        ...(algorithm !== undefined && { algorithm }),
        ...(announceSeconds !== undefined && { announceSeconds }),
      }),
  }),
  route({
    id: "revokeKey",
    tag: "keys",
    method: "DELETE",
    path: "/keys/{kid}",
    summary: "Ends a key and all tokens that it signed, as if it had been stolen.",
    params: z.strictObject({ kid: z.string().min(1).max(256) }),
    status: 204,
    refusals: [404],
    run: async ({ params }, { keys }) => {
      const all = await keys.list();
      if (!all.some(({ kid }) => kid === params.kid)) {
        throw notFound("key of this kid: GET /keys lists them");
      }
      await keys.revoke(params.kid);
    },
  }),
];
