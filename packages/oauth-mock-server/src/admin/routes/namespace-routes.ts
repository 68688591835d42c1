import { z } from "zod";

import { clientSchema } from "../../configuration/configuration-schema.ts";
import { AdminProblem, notFound } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import type { AdminNamespaces, AdminSubject } from "../admin-subject.ts";
import { makeOnce } from "../make-once.ts";

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens")
  .describe("1 to 63 lower-case letters, digits and hyphens");
const byName = z.strictObject({ name });
const listed = z.object({
  name: z.string(),
  issuer: z.string(),
  adminUrl: z.string(),
});
const created = listed.extend({
  adminToken: z.string().describe("Good for this namespace alone"),
});

function namespacesOf({ namespaces }: AdminSubject): AdminNamespaces {
  if (namespaces !== undefined) return namespaces;
  throw new AdminProblem(404, "A namespace has no namespaces of its own: ask the sandbox itself");
}

/** Sandboxes within the sandbox. */
export const namespaceRoutes: readonly AdminRoute[] = [
  route({
    id: "listNamespaces",
    tag: "namespaces",
    method: "GET",
    path: "/namespaces",
    summary: "Lists the namespaces.",
    status: 200,
    answer: z.object({ namespaces: z.array(listed) }),
    refusals: [404],
    run: (_input, subject) => ({
      namespaces: namespacesOf(subject)
        .list()
        .map(({ name: known, issuer, adminUrl }) => ({ name: known, issuer, adminUrl })),
    }),
  }),
  route({
    id: "createNamespace",
    tag: "namespaces",
    method: "POST",
    path: "/namespaces",
    summary: "Makes a sandbox of its own: clock, clients, keys, journal and faults.",
    body: z.strictObject({
      name,
      clients: z.array(clientSchema).max(100).optional(),
      seed: z.int().min(0).max(4_294_967_295).optional(),
    }),
    status: 201,
    answer: created,
    refusals: [404, 409, 422],
    run: async ({ body: { name: wanted, ...options } }, subject) => {
      const namespaces = namespacesOf(subject);
      const made = makeOnce(() => namespaces.create(wanted, options), {
        name: `namespace ${wanted}`,
        isTaken: namespaces.list().some((one) => one.name === wanted),
        fault: { member: "body.name", rule: "is taken: delete that one first" },
        inMaking: subject.inMaking,
      });
      const { issuer, adminUrl, adminToken } = await made;
      return { name: wanted, issuer, adminUrl, adminToken };
    },
  }),
  route({
    id: "deleteNamespace",
    tag: "namespaces",
    method: "DELETE",
    path: "/namespaces/{name}",
    summary: "Deletes a namespace and all that is in it.",
    params: byName,
    status: 204,
    refusals: [404],
    run: async ({ params }, subject) => {
      const isGone = await namespacesOf(subject).delete(params.name);
      if (!isGone) throw notFound("namespace of this name: GET /namespaces lists them");
    },
  }),
];
