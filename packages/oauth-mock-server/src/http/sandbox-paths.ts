import type { EndpointPaths, ServerPolicy } from "@credicorp/oauth-core/authorization-server";
import { defaultPaths } from "@credicorp/oauth-core/authorization-server";

/** What a request was for, as far as its path tells. */
export type SandboxEndpoint =
  | "token"
  | "introspection"
  | "revocation"
  | "jwks"
  | "metadata"
  | "explanation"
  | "error_page"
  | "other";

/** Where a sandbox has what an authorization server has not. Each is a beginning; an id or a code follows. */
export interface SandboxPaths {
  readonly errorPages: string;
  readonly explanations: string;
}

/** Returns the paths beside a token endpoint. */
export function sandboxPaths(tokenPath: string = defaultPaths.token): SandboxPaths {
  const folder = tokenPath.slice(0, tokenPath.lastIndexOf("/") + 1);
  return { errorPages: `${folder}errors/`, explanations: `${folder}explanations/` };
}

/** Returns the paths of the endpoints beneath a prefix. */
export function pathsBeneath(prefix: string): EndpointPaths {
  const { token, introspection, revocation, jwks } = defaultPaths;
  return {
    token: prefix + token,
    introspection: prefix + introspection,
    revocation: prefix + revocation,
    jwks: prefix + jwks,
  };
}

/** Where RFC 8414 has the metadata; the path of an issuer follows (section 3.1). */
export const metadataPath = "/.well-known/oauth-authorization-server";

/** Tells what a request for a path, without its query, was for. */
export function endpointOf(path: string, { paths }: Pick<ServerPolicy, "paths">): SandboxEndpoint {
  if (path === paths.token) return "token";
  if (path === paths.introspection) return "introspection";
  if (path === paths.revocation) return "revocation";
  if (path === paths.jwks) return "jwks";
  if (path.startsWith(metadataPath)) return "metadata";
  const { errorPages, explanations } = sandboxPaths(paths.token);
  if (path.startsWith(explanations)) return "explanation";
  return path.startsWith(errorPages) ? "error_page" : "other";
}
