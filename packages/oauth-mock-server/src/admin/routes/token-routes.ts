import { z } from "zod";

import type { TokenOptions } from "../../tokens/issue-token.ts";
import { tokenDefects } from "../../tokens/token-defects.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";

const text = z.string().min(1).max(2048);
const members = z.record(z.string(), z.unknown());
const yearSeconds = 31_536_000;

/** As the library has it, but for `undefined`, which JSON has not: `null` removes a claim. */
const options = z.strictObject({
  clientId: text.optional().describe("Need not be registered"),
  scope: z.array(text).optional(),
  audience: z
    .union([text, z.array(text)], { error: "must be a text or a list of texts" })
    .optional(),
  lifetimeSeconds: z.number().int().min(-yearSeconds).max(yearSeconds).optional(),
  claims: members.optional().describe("Further claims; null removes one"),
  header: members.optional().describe("Further members of the header; null removes one"),
  issuer: text.optional(),
  malformed: z
    .enum(tokenDefects as [string, ...string[]])
    .optional()
    .describe("What is to be wrong with it"),
});

function withoutNulls(
  given: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  if (given === undefined) return undefined;
  const entries = Object.entries(given).map(([name, value]) => [name, value ?? undefined]);
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

/** Tokens without a request. */
export const tokenRoutes: readonly AdminRoute[] = [
  route({
    id: "issueToken",
    tag: "tokens",
    method: "POST",
    path: "/tokens",
    summary: "Signs a token without a request, good or spoiled on purpose.",
    body: options,
    status: 201,
    answer: z.object({ accessToken: z.string() }),
    refusals: [422],
    run: async ({ body: { claims, header, ...others } }, subject) => ({
      accessToken: await subject.issueToken({
        ...(others as TokenOptions),
        claims: withoutNulls(claims),
        header: withoutNulls(header),
      }),
    }),
  }),
  route({
    id: "revokeToken",
    tag: "tokens",
    method: "POST",
    path: "/tokens/revoke",
    summary: "Ends a token, whoever holds it.",
    body: z.strictObject({ token: z.string().min(1) }),
    status: 204,
    refusals: [422],
    run: ({ body }, subject) => subject.revokeToken(body.token),
  }),
];
