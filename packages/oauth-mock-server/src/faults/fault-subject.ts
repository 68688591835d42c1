import type { ServerRequest } from "@credicorp/oauth-core";
import { headerValues } from "@credicorp/oauth-core";
import type { ServerPolicy } from "@credicorp/oauth-core/authorization-server";

import { readFormFields } from "../http/form-fields.ts";
import { namedClients } from "../http/named-client.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import type { FaultEndpoint } from "./fault.ts";

/** What the conditions of a rule are held against. */
export interface FaultSubject {
  readonly endpoint: FaultEndpoint;

  /** The client that the request names, in whatever way it authenticates. */
  readonly client: () => string | undefined;

  /** What it asks for. */
  readonly scope: () => readonly string[];

  /** Whether it carries a DPoP proof. */
  readonly hasProof: boolean;
}

/** What of the server decides what a request is. */
export type SubjectPolicy = Pick<ServerPolicy, "paths">;

/** Reads what a request is about; `undefined` for one that nothing can go wrong with, such as a preflight. */
export function readSubject(
  request: ServerRequest,
  policy: SubjectPolicy,
): FaultSubject | undefined {
  const endpoint = faultEndpointOf(request, policy);
  if (endpoint === undefined) return undefined;
  // Read when the first rule asks, and once.
  let named: readonly string[] | undefined;
  let scope: readonly string[] | undefined;
  return {
    endpoint,
    client: () => (named ??= namedClients(request))[0],
    scope: () => (scope ??= askedScope(request)),
    hasProof: headerValues(request.headers, "dpop").length > 0,
  };
}

function faultEndpointOf(
  { method, target }: ServerRequest,
  policy: SubjectPolicy,
): FaultEndpoint | undefined {
  const [path = ""] = target.split("?", 1);
  const endpoint = endpointOf(path, policy);
  switch (endpoint) {
    case "token":
    case "introspection":
    case "revocation":
      return method === "POST" ? endpoint : undefined;
    case "jwks":
    case "metadata":
      return method === "GET" || method === "HEAD" ? endpoint : undefined;
    case "explanation":
    case "error_page":
    case "other":
      return undefined;
  }
}

function askedScope(request: ServerRequest): readonly string[] {
  const field = readFormFields(request)?.find(([name]) => name === "scope");
  return (field?.[1] ?? "").split(" ");
}
