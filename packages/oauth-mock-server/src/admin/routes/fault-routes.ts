import { z } from "zod";

import { faultRuleSchema } from "../../configuration/fault-rule-schema.ts";
import { memberProblem, notFound } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";

const status = z.object({
  id: z.string(),
  rule: z.looseObject({ fault: z.string() }).describe("As it was added, its seed included"),
  hits: z.number().int(),
  state: z.enum(["active", "spent", "expired"]),
});

/** What goes wrong, and when. */
export const faultRoutes: readonly AdminRoute[] = [
  route({
    id: "listFaults",
    tag: "faults",
    method: "GET",
    path: "/faults",
    summary: "Lists the fault rules in their order, and how often each has acted.",
    status: 200,
    answer: z.object({ faults: z.array(status) }),
    run: (_input, { faults }) => ({ faults: faults.list() }),
  }),
  route({
    id: "addFault",
    tag: "faults",
    method: "POST",
    path: "/faults",
    summary: "Adds a fault rule.",
    body: faultRuleSchema,
    status: 201,
    answer: status,
    refusals: [409, 422],
    run: ({ body }, { faults }) => {
      if (faults.list().some(({ id }) => id === body.id)) {
        throw memberProblem(409, { member: "body.id", rule: "is taken: remove that rule first" });
      }
      const { id } = faults.add(body);
      return faults.list().find((one) => one.id === id);
    },
  }),
  route({
    id: "removeFault",
    tag: "faults",
    method: "DELETE",
    path: "/faults/{faultId}",
    summary: "Removes a fault rule.",
    params: z.strictObject({ faultId: z.string().min(1) }),
    status: 204,
    refusals: [404],
    run: ({ params }, { faults }) => {
      if (!faults.remove(params.faultId)) throw notFound("rule of this id: GET /faults lists them");
    },
  }),
  route({
    id: "clearFaults",
    tag: "faults",
    method: "DELETE",
    path: "/faults",
    summary: "Removes all fault rules.",
    status: 204,
    run: (_input, { faults }) => faults.clear(),
  }),
];
