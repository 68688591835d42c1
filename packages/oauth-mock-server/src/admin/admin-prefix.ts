import { ConfigurationError } from "@credicorp/oauth-core";
import { defaultPaths } from "@credicorp/oauth-core/authorization-server";

import { sandboxPaths } from "../http/sandbox-paths.ts";

/** Where the admin API is unless it is configured. */
export const defaultAdminPrefix = "/admin/v1";

const taken = [
  ...Object.values(defaultPaths),
  ...Object.values(sandboxPaths()),
  "/.well-known/",
  "/ns/",
  "/healthz",
  "/readyz",
  "/metrics",
];

/** Checks `adminPrefix`. @throws {@link ConfigurationError} when it is no path, or one where something else is */
export function checkAdminPrefix(prefix: string): string {
  // Of dots alone a segment is no name: who asks for it asks for something else.
  const isPath = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/.test(prefix);
  const isTaken = taken.some(
    (path) => `${path}/`.startsWith(`${prefix}/`) || prefix.startsWith(path),
  );
  if (isPath && !isTaken) return prefix;
  throw new ConfigurationError(
    "adminPrefix",
    "adminPrefix must be a path such as /admin/v1, beneath which the sandbox has nothing else",
  );
}
