import { randomUUID } from "node:crypto";
import type { RequireScope } from "@credicorp/oauth-verifier/fastify";
import type { FastifyInstance } from "fastify";
import { applicationSchema } from "./application.ts";
import type { ApplicationStore } from "./application-store.ts";
import { decide } from "./decision-rule.ts";
import { decisionNotFound, invalidApplication, sendProblem } from "./problem.ts";

/** All scopes of the API. A route that asks for another does not compile. */
export const partnerScopes = ["applications:write", "decisions:read"] as const;

/** A scope of the API. */
export type PartnerScope = (typeof partnerScopes)[number];

/** What the routes need. */
export interface ApplicationRouteOptions {
  readonly store: ApplicationStore;
  readonly requireScope: RequireScope<PartnerScope>;
}

/**
 * Adds the two routes of the API; each names the scope that it requires.
 *
 * The guard runs before the body is read: who may not apply need not be listened to.
 */
export function addApplicationRoutes(
  api: FastifyInstance,
  { store, requireScope }: ApplicationRouteOptions,
): void {
  const mayApply = requireScope("applications:write");
  const mayRead = requireScope("decisions:read");

  api.post("/partner/v1/applications", { onRequest: mayApply }, async (request, reply) => {
    const parsed = applicationSchema.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, invalidApplication(parsed.error));

    const stored = {
      clientId: mayApply.principalOf(request).clientId,
      applicationId: `app_${randomUUID()}`,
      decisionId: `dec_${randomUUID()}`,
      application: parsed.data,
      decision: decide(parsed.data),
    };
    await store.save(stored);

    const { applicationId, decisionId } = stored;
    return reply
      .code(201)
      .header("location", `/partner/v1/decisions/${decisionId}`)
      .send({ applicationId, decisionId });
  });

  api.get<{ Params: { id: string } }>(
    "/partner/v1/decisions/:id",
    { onRequest: mayRead },
    async (request, reply) => {
      const { clientId } = mayRead.principalOf(request);
      const stored = await store.findByDecisionId({ clientId, decisionId: request.params.id });
      if (stored === undefined) return sendProblem(reply, decisionNotFound);

      const { applicationId, decisionId, decision } = stored;
      return reply
        .header("cache-control", "no-store")
        .send({ decisionId, applicationId, ...decision });
    },
  );
}
