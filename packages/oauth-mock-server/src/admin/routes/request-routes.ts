import { isOAuthError } from "@credicorp/oauth-core";
import { z } from "zod";

import type { RequestFilter } from "../../journal/request-filter.ts";
import { AdminProblem, notFound } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import { explanation, requestEntry } from "./request-schemas.ts";

const filterMembers = {
  endpoint: z
    .enum([
      "token",
      "introspection",
      "revocation",
      "jwks",
      "metadata",
      "explanation",
      "error_page",
      "other",
    ])
    .optional(),
  method: z.string().min(1).max(32).optional(),
  clientId: z.string().min(1).max(128).optional(),
  status: z.int().min(100).max(599).optional().describe("Of the answer"),
  error: z.string().min(1).max(64).optional().describe("The OAuth error code of the answer"),
  why: z.string().min(1).max(64).optional().describe("The reason that callers are not told"),
  path: z.string().min(1).max(1024).optional().describe("A text that the path contains"),
  since: z.number().optional().describe("Seconds since the Unix epoch, by the sandbox's clock"),
  afterSequence: z.int().min(0).optional().describe("Only entries behind this one"),
};
const filter = z.strictObject(filterMembers);
const defaultLimit = 100;
const list = z.strictObject({
  ...filterMembers,
  limit: z.int().min(1).max(1000).optional().describe("The youngest so many; 100 unless given"),
});
const byRequest = z.strictObject({ requestId: z.string().min(1).max(128) });

const wait = z.strictObject({
  filter: filter.optional(),
  count: z.int().min(1).max(10_000).optional().describe("Those that were there before count; 1"),
  timeoutMs: z.int().min(0).max(25_000).optional().describe("Real time; 5000 unless given"),
});

/** The names of reasons are many, and one that there is not matches nothing. */
function asFilter(members: z.infer<typeof filter>): RequestFilter {
  return members as RequestFilter;
}

/** What was asked and answered. */
export const requestRoutes: readonly AdminRoute[] = [
  route({
    id: "listRequests",
    tag: "requests",
    method: "GET",
    path: "/requests",
    summary: "Lists requests and their answers, from the oldest to the youngest, without secrets.",
    query: list,
    status: 200,
    answer: z.object({ total: z.int(), requests: z.array(requestEntry) }),
    run: ({ query: { limit = defaultLimit, ...members } }, { requests }) => {
      const all = requests.list(asFilter(members));
      return { total: all.length, requests: all.slice(-limit) };
    },
  }),
  route({
    id: "countRequests",
    tag: "requests",
    method: "GET",
    path: "/requests/count",
    summary: "Counts requests.",
    query: filter,
    status: 200,
    answer: z.object({ count: z.int() }),
    run: ({ query }, { requests }) => ({ count: requests.count(asFilter(query)) }),
  }),
  route({
    id: "waitForRequests",
    tag: "requests",
    method: "POST",
    path: "/requests/wait",
    summary: "Waits until so many requests are there; 409 says what was there instead.",
    body: wait,
    status: 200,
    answer: z.object({ count: z.int(), requests: z.array(requestEntry) }),
    refusals: [409],
    run: async ({ body: { filter: wanted = {}, count, timeoutMs } }, { requests }) => {
      try {
        const found = await requests.waitFor(asFilter(wanted), { count, timeoutMs });
        return { count: found.length, requests: found.slice(-defaultLimit) };
      } catch (error) {
        const isOver = isOAuthError(error) && ["timeout", "aborted"].includes(error.kind);
        if (isOver) throw new AdminProblem(409, error.message);
        throw error;
      }
    },
  }),
  route({
    id: "exportRequests",
    tag: "requests",
    method: "GET",
    path: "/requests/har",
    summary: "Exports requests as an HTTP archive (HAR 1.2).",
    query: filter,
    status: 200,
    answer: z.object({
      log: z.looseObject({ version: z.literal("1.2"), entries: z.array(z.looseObject({})) }),
    }),
    run: ({ query }, { requests }) => requests.toHar(asFilter(query)),
  }),
  route({
    id: "getRequest",
    tag: "requests",
    method: "GET",
    path: "/requests/{requestId}",
    summary: "Returns the request whose answer had this X-Request-Id.",
    params: byRequest,
    status: 200,
    answer: requestEntry,
    refusals: [404],
    run: ({ params }, { requests }) => requests.list(params)[0] ?? missing(),
  }),
  route({
    id: "formatRequest",
    tag: "requests",
    method: "GET",
    path: "/requests/{requestId}/curl",
    summary: "Writes a request as a command line, with shell variables in place of secrets.",
    params: byRequest,
    status: 200,
    answer: z.object({ curl: z.string() }),
    refusals: [404],
    run: ({ params }, { requests }) => {
      const [entry] = requests.list(params);
      return entry === undefined ? missing() : { curl: requests.toCurl(entry) };
    },
  }),
  route({
    id: "explainRequest",
    tag: "requests",
    method: "GET",
    path: "/requests/{requestId}/explanation",
    summary: "Explains a refusal: what was received, why it failed and what to do.",
    params: byRequest,
    status: 200,
    answer: explanation,
    refusals: [404],
    run: async ({ params }, { explanations }) =>
      (await explanations.explain(params.requestId)) ?? missing(),
  }),
  route({
    id: "listDecisions",
    tag: "requests",
    method: "GET",
    path: "/decisions",
    summary: "Lists what was decided beside the requests, such as the rotation of a key.",
    status: 200,
    answer: z.object({
      decisions: z.array(
        z.object({
          kind: z.literal("decision"),
          sequence: z.int(),
          at: z.number(),
          event: z.looseObject({ type: z.string() }),
        }),
      ),
    }),
    run: (_input, { requests }) => ({ decisions: requests.decisions() }),
  }),
  route({
    id: "clearRequests",
    tag: "requests",
    method: "DELETE",
    path: "/requests",
    summary: "Forgets all requests and decisions; their numbers go on.",
    status: 204,
    run: (_input, { requests }) => requests.clear(),
  }),
];

function missing(): never {
  throw notFound("refusal or request of this id in the journal");
}
