import { ConfigurationError } from "@credicorp/oauth-core";
import { isScopeToken } from "@credicorp/oauth-core/protocol";

/**
 * Checks what a route asks for, when the route is made.
 *
 * @throws {@link ConfigurationError} for what is no scope token, or none of the resource's when those are configured
 */
export function checkRequiredScope(
  { scopes }: { readonly scopes: readonly string[] | undefined },
  required: readonly string[],
): void {
  // A text would be taken apart into its letters.
  if (!Array.isArray(required)) {
    throw new ConfigurationError("scope", "What a route requires must be a list of scope tokens");
  }
  for (const token of required) {
    if (typeof token !== "string" || !isScopeToken(token)) {
      throw new ConfigurationError("scope", "What a route requires must be one scope token each");
    }
    if (scopes !== undefined && !scopes.includes(token)) {
      throw new ConfigurationError("scope", "A route requires a scope that the resource has not");
    }
  }
}
