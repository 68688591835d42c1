import { metadataUrl } from "@credicorp/oauth-core/protocol";
import { z } from "zod";

import type { AdminRoute } from "../admin-route.ts";
import { route } from "../admin-route.ts";
import { readVersion } from "../../version/read-version.ts";
import { emptySchema } from "./schemas.ts";

const budget = z
  .object({ limit: z.int(), windowSeconds: z.int() })
  .nullable()
  .describe("null: without a limit");

/** The sandbox as a whole. */
export const sandboxRoutes: readonly AdminRoute[] = [
  route({
    id: "whoami",
    tag: "sandbox",
    method: "GET",
    path: "/whoami",
    summary: "Says which sandbox or namespace this is, and where its endpoints are.",
    status: 200,
    answer: z.object({
      namespace: z.string().optional(),
      version: z.string(),
      apiVersion: z.literal("v1"),
      issuer: z.string(),
      metadataUrl: z.string(),
      tokenEndpoint: z.string(),
      introspectionEndpoint: z.string(),
      revocationEndpoint: z.string(),
      jwksUri: z.string(),
    }),
    run: async (_input, { name, policy }) => {
      const { issuer, paths } = policy();
      const { origin } = new URL(issuer);
      return {
        namespace: name,
        version: readVersion(),
        apiVersion: "v1",
        issuer,
        metadataUrl: metadataUrl(issuer),
        tokenEndpoint: origin + paths.token,
        introspectionEndpoint: origin + paths.introspection,
        revocationEndpoint: origin + paths.revocation,
        jwksUri: origin + paths.jwks,
      };
    },
  }),
  route({
    id: "getLimits",
    tag: "sandbox",
    method: "GET",
    path: "/limits",
    summary: "Returns the budgets of requests, which are those of production unless configured.",
    status: 200,
    answer: z.object({
      token: budget,
      introspection: budget,
      revocation: budget,
      address: budget,
      failedAuthentication: budget,
    }),
    run: (_input, { policy }) => policy().limits,
  }),
  route({
    id: "reset",
    tag: "sandbox",
    method: "POST",
    path: "/reset",
    summary:
      "Begins anew: clients as configured, nothing revoked, used or noted; the keys stay, but with a seed.",
    body: emptySchema,
    status: 204,
    run: (_input, { reset }) => reset(),
  }),
];
