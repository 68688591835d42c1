/**
 * Schemas that several routes share.
 *
 * @module
 */

import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import { signatureAlgorithms } from "@credicorp/oauth-core/jwt";
import { z } from "zod";

import type { Duration } from "../../clock/duration.ts";

/** The signature algorithms that a key can have. */
export const algorithmSchema: z.ZodType<SignatureAlgorithm> = z.enum(signatureAlgorithms);

/** A length of time. */
export const durationSchema: z.ZodType<Duration> = z
  .union([z.number(), z.string()], {
    error: "must be a number of milliseconds or a text such as 16m",
  })
  .describe("Milliseconds, or a number with its unit: 500ms, 90s, 16m, 2h, 1d") as never;

/** A body without members, for operations that need none. */
export const emptySchema: z.ZodType<Record<string, never>> = z.strictObject({});
