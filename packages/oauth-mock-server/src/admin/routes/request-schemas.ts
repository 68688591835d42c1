/**
 * What the journal and the explanations look like on the wire.
 *
 * @module
 */

import { z } from "zod";

const pairs = z.array(z.tuple([z.string(), z.string()]));

/** An entry of the journal. */
export const requestEntry: z.ZodType = z.object({
  kind: z.literal("request"),
  sequence: z.int(),
  at: z.number().describe("When it arrived: seconds since the Unix epoch, by the sandbox's clock"),
  durationMs: z.number(),
  requestId: z.string().optional(),
  endpoint: z.string(),
  clientId: z.string().optional(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    query: z.string(),
    headers: pairs,
    form: pairs.optional(),
    bodyBytes: z.int(),
    address: z.string(),
    httpVersion: z.string().optional(),
  }),
  response: z.object({
    status: z.int(),
    headers: pairs,
    body: z.string(),
    bodyBytes: z.int(),
    delivery: z.looseObject({}).optional(),
    faults: z.array(z.string()).optional(),
  }),
  error: z.string().optional(),
  event: z.looseObject({ type: z.string() }).optional(),
});

/** Why a request was refused. */
export const explanation: z.ZodType = z.object({
  requestId: z.string(),
  at: z.number(),
  status: z.int(),
  clientId: z.string().optional(),
  why: z.string(),
  summary: z.string(),
  received: z.array(z.string()),
  cause: z.string(),
  remedy: z.string(),
  docs: z.string(),
  rfc: z.string(),
});
