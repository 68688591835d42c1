import type { AdminRoute } from "../admin-route.ts";
import { clientRoutes } from "./client-routes.ts";
import { clockRoutes } from "./clock-routes.ts";
import { faultRoutes } from "./fault-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { namespaceRoutes } from "./namespace-routes.ts";
import { requestRoutes } from "./request-routes.ts";
import { sandboxRoutes } from "./sandbox-routes.ts";
import { scenarioRoutes } from "./scenario-routes.ts";
import { tokenRoutes } from "./token-routes.ts";

/** All of the admin API, in the order of its documentation. */
export const adminRoutes: readonly AdminRoute[] = [
  ...sandboxRoutes,
  ...clientRoutes,
  ...keyRoutes,
  ...clockRoutes,
  ...faultRoutes,
  ...scenarioRoutes,
  ...requestRoutes,
  ...tokenRoutes,
  ...namespaceRoutes,
];
