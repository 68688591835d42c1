import { z } from "zod";

import { AdminProblem, memberProblem, notFound } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import type { AdminSubject } from "../admin-subject.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { StartedScenario } from "../started-scenarios.ts";
import { durationSchema } from "./schemas.ts";

const clientId = z.string().min(1).max(128);
const waitSeconds = z.number().int().min(0).max(86_400);
const bounds = {
  lasts: durationSchema.optional(),
  endpoint: z.enum(["token", "introspection", "revocation", "jwks", "metadata"]).optional(),
  clientId: clientId.optional(),
};

const start = z.discriminatedUnion("scenario", [
  z.strictObject({
    scenario: z.literal("secretRotation"),
    clientId,
    overlap: durationSchema.optional(),
  }),
  z.strictObject({
    scenario: z.literal("keyRotation"),
    announced: durationSchema.optional(),
    publishedLateBy: durationSchema.optional(),
  }),
  z.strictObject({ scenario: z.literal("revocation"), clientId }),
  z.strictObject({
    scenario: z.literal("outage"),
    as: z.enum(["unavailable", "gateway", "reset"]).optional(),
    retryAfterSeconds: waitSeconds.optional(),
    ...bounds,
  }),
  z.strictObject({
    scenario: z.literal("throttle"),
    retryAfterSeconds: waitSeconds.optional(),
    retryAfterForm: z.enum(["seconds", "date"]).optional(),
    times: z.number().int().min(1).max(1_000_000_000).optional(),
    ...bounds,
  }),
  z.strictObject({ scenario: z.literal("clockSkew"), by: durationSchema, ...bounds }),
]);

const answer = z.object({
  id: z.string(),
  scenario: z.string(),
  faults: z.array(z.string()).describe("The fault rules that are its part"),
  kid: z.string().optional(),
  secretId: z.string().optional(),
  secret: z.string().optional(),
});

const mostStarted = 100;

function begin(body: z.infer<typeof start>, subject: AdminSubject): Promise<Scenario> {
  const { scenarios } = subject;
  switch (body.scenario) {
    case "secretRotation":
      return scenarios.secretRotation(checkClient(body.clientId, subject), body);
    case "keyRotation":
      return scenarios.keyRotation(body);
    case "revocation":
      return scenarios.revocation(checkClient(body.clientId, subject));
    case "outage":
      return scenarios.outage(body);
    case "throttle":
      return scenarios.throttle(body);
    case "clockSkew":
      return scenarios.clockSkew(body);
  }
}

function checkClient(id: string, { clients }: AdminSubject): string {
  if (clients.list().some((client) => client.id === id)) return id;
  throw memberProblem(422, { member: "body.clientId", rule: "names no client of this sandbox" });
}

function describe({ id, name, scenario }: StartedScenario): unknown {
  // Two of its members are functions, which no JSON holds.
  const { end: _end, [Symbol.asyncDispose]: _dispose, ...members } = scenario;
  return { id, scenario: name, ...members };
}

/** What happens to every integration one day. */
export const scenarioRoutes: readonly AdminRoute[] = [
  route({
    id: "listScenarios",
    tag: "scenarios",
    method: "GET",
    path: "/scenarios",
    summary: "Lists the scenarios that were started here and not ended.",
    status: 200,
    answer: z.object({ scenarios: z.array(answer) }),
    run: (_input, { started }) => ({ scenarios: started.list().map(describe) }),
  }),
  route({
    id: "startScenario",
    tag: "scenarios",
    method: "POST",
    path: "/scenarios",
    summary: "Starts a ready-made scenario.",
    body: start,
    status: 201,
    answer,
    refusals: [409, 422],
    run: async ({ body }, subject) => {
      const { started } = subject;
      if (started.list().length >= mostStarted) {
        throw new AdminProblem(409, `There are ${mostStarted} scenarios: end some`);
      }
      const scenario = await begin(body, subject);
      return describe(started.add(body.scenario, scenario));
    },
  }),
  route({
    id: "endScenario",
    tag: "scenarios",
    method: "DELETE",
    path: "/scenarios/{scenarioId}",
    summary: "Ends a scenario.",
    params: z.strictObject({ scenarioId: z.string().min(1) }),
    status: 204,
    refusals: [404],
    run: async ({ params: { scenarioId } }, { started }) => {
      const one = started.take(scenarioId);
      if (one === undefined) throw notFound("scenario of this id: GET /scenarios lists them");
      await one.scenario.end();
    },
  }),
];
