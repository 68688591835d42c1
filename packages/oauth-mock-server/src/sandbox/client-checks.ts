import { ConfigurationError } from "@credicorp/oauth-core";
import type { ClientRecord, ProtectedResource } from "@credicorp/oauth-core/authorization-server";

/** Each client has an id of its own. @throws {@link ConfigurationError} */
export function checkDistinct(ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated === undefined) return;
  throw new ConfigurationError(
    "clients",
    `clients has ${JSON.stringify(repeated)} twice: give each client an id of its own`,
  );
}

/** A scope that no resource defines could never be granted. @throws {@link ConfigurationError} */
export function checkScope(
  { id, scope }: ClientRecord,
  resources: readonly ProtectedResource[],
): void {
  const unknown = scope.find((token) => !resources.some(({ scopes }) => scopes.includes(token)));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    "scope",
    `clients[${JSON.stringify(id)}].scope has ${unknown}, which no resource defines: add it to resources[].scopes`,
  );
}
