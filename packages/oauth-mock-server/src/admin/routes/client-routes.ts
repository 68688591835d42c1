import { z } from "zod";

import { clientChangesSchema, clientSchema } from "../../configuration/configuration-schema.ts";
import { notFound } from "../admin-problem.ts";
import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import type { AdminClient, AdminSubject } from "../admin-subject.ts";
import { makeOnce } from "../make-once.ts";

const clientId = z.string().min(1).max(128);
const byClient = z.strictObject({ clientId });
const bySecret = z.strictObject({ clientId, secretId: z.string().min(1).max(128) });

const seconds = z.number().describe("Seconds since the Unix epoch");

const client = z
  .object({
    id: z.string(),
    secret: z.string().describe("Empty for a client that has none, or whose digest alone is known"),
    secrets: z
      .array(
        z.object({
          secret: z.string(),
          notBefore: seconds.optional(),
          expiresAt: seconds.optional(),
        }),
      )
      .optional()
      .describe("All that the sandbox knows, when there are several"),
    privateJwk: z.looseObject({ kty: z.string() }).optional(),
    tokenEndpointAuthMethod: z.string(),
    scope: z.array(z.string()),
    description: z.string(),
  })
  .describe("A client and its test credential");

const secret = z.object({
  id: z.string(),
  notBefore: seconds.optional(),
  expiresAt: seconds.optional(),
  lastUsedAt: seconds.optional(),
});
const issuedSecret = secret.extend({ secret: z.string() });

const rotation = z.strictObject({
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("How long the older secrets stay good; 3600 unless it is given"),
  notBefore: seconds.optional(),
});
const defaultOverlapSeconds = 3600;

/** Clients and their secrets. */
export const clientRoutes: readonly AdminRoute[] = [
  route({
    id: "listClients",
    tag: "clients",
    method: "GET",
    path: "/clients",
    summary: "Lists the clients, with their test credentials.",
    status: 200,
    answer: z.object({ clients: z.array(client) }),
    run: (_input, { clients }) => ({ clients: clients.list() }),
  }),
  route({
    id: "createClient",
    tag: "clients",
    method: "POST",
    path: "/clients",
    summary: "Adds a client; a secret or key that it needs and was not given is made.",
    body: clientSchema,
    status: 201,
    answer: client,
    refusals: [409, 422],
    run: ({ body }, { clients, inMaking }) =>
      makeOnce(() => clients.create(body), {
        name: `client ${body.id}`,
        isTaken: clients.list().some(({ id }) => id === body.id),
        fault: { member: "body.id", rule: "is taken: change or delete that client" },
        inMaking,
      }),
  }),
  route({
    id: "getClient",
    tag: "clients",
    method: "GET",
    path: "/clients/{clientId}",
    summary: "Returns a client, with its test credential.",
    params: byClient,
    status: 200,
    answer: client,
    refusals: [404],
    run: ({ params }, subject) => find(params, subject),
  }),
  route({
    id: "changeClient",
    tag: "clients",
    method: "PATCH",
    path: "/clients/{clientId}",
    summary: "Changes what a client is and may; null goes back to the default.",
    params: byClient,
    body: clientChangesSchema,
    status: 200,
    answer: client,
    refusals: [404, 422],
    run: ({ params, body }, subject) => subject.clients.change(find(params, subject).id, body),
  }),
  route({
    id: "deleteClient",
    tag: "clients",
    method: "DELETE",
    path: "/clients/{clientId}",
    summary: "Forgets a client; its tokens live on until they expire.",
    params: byClient,
    status: 204,
    refusals: [404],
    run: ({ params }, subject) => subject.clients.delete(find(params, subject).id),
  }),
  route({
    id: "revokeClientTokens",
    tag: "clients",
    method: "DELETE",
    path: "/clients/{clientId}/tokens",
    summary: "Ends all tokens that a client holds.",
    params: byClient,
    status: 204,
    refusals: [404],
    run: ({ params }, subject) => subject.revokeClientTokens(find(params, subject).id),
  }),
  route({
    id: "listSecrets",
    tag: "clients",
    method: "GET",
    path: "/clients/{clientId}/secrets",
    summary:
      "Lists the secrets of a client: when each is good and was used, and nothing to use it by.",
    params: byClient,
    status: 200,
    answer: z.object({ secrets: z.array(secret) }),
    refusals: [404],
    run: async ({ params }, subject) => ({
      secrets: await subject.clients.secrets(find(params, subject).id),
    }),
  }),
  route({
    id: "rotateSecret",
    tag: "clients",
    method: "POST",
    path: "/clients/{clientId}/secrets",
    summary: "Gives a client a new secret; the older ones stay good for the overlap.",
    params: byClient,
    body: rotation,
    status: 201,
    answer: issuedSecret,
    refusals: [404, 422],
    run: ({ params, body }, subject) => {
      const { overlapSeconds = defaultOverlapSeconds, notBefore } = body;
      return subject.clients.rotateSecret(find(params, subject).id, { overlapSeconds, notBefore });
    },
  }),
  route({
    id: "revokeSecret",
    tag: "clients",
    method: "DELETE",
    path: "/clients/{clientId}/secrets/{secretId}",
    summary: "Ends a secret of a client at once.",
    params: bySecret,
    status: 204,
    refusals: [404, 422],
    run: async ({ params }, subject) => {
      const { id } = find(params, subject);
      const secrets = await subject.clients.secrets(id);
      if (!secrets.some((one) => one.id === params.secretId)) throw notFound("such secret");
      await subject.clients.revokeSecret(id, params.secretId);
    },
  }),
];

function find(
  params: { readonly clientId: string },
  { clients }: Pick<AdminSubject, "clients">,
): AdminClient {
  const found = clients.list().find(({ id }) => id === params.clientId);
  if (found === undefined) throw notFound("client of this id: GET /clients lists them");
  return found;
}
