import type { ServerRequest } from "@credicorp/oauth-core";
import { headerValues } from "@credicorp/oauth-core";
import type { ServerPolicy } from "@credicorp/oauth-core/authorization-server";
import { parseClientAssertion } from "@credicorp/oauth-core/jwt";
import type { FormFields } from "@credicorp/oauth-core/protocol";
import {
  parseAuthorization,
  parseBasicCredentials,
  parseForm,
} from "@credicorp/oauth-core/protocol";
import { bytes } from "@credicorp/oauth-runtime";

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
export type SubjectPolicy = Pick<ServerPolicy, "paths" | "maxBodyBytes" | "maxParameters">;

/** Reads what a request is about; `undefined` for one that nothing can go wrong with, such as a preflight. */
export function readSubject(
  request: ServerRequest,
  policy: SubjectPolicy,
): FaultSubject | undefined {
  const endpoint = faultEndpointOf(request, policy);
  if (endpoint === undefined) return undefined;
  // Read when the first rule asks, and once.
  let fields: FormFields | undefined;
  const field = (name: string): string | undefined => {
    fields ??= readFields(request, policy);
    return fields.find(([key]) => key === name)?.[1];
  };
  return {
    endpoint,
    client: () => basicClient(request) ?? field("client_id") ?? assertingClient(field),
    scope: () => (field("scope") ?? "").split(" "),
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

function readFields(request: ServerRequest, policy: SubjectPolicy): FormFields {
  const { maxBodyBytes: maxBytes, maxParameters: maxFields } = policy;
  const form = parseForm(request.body, { maxBytes, maxFields });
  return form.ok ? form.value : [];
}

function basicClient({ headers }: ServerRequest): string | undefined {
  const [value] = headerValues(headers, "authorization");
  const authorization = value === undefined ? undefined : parseAuthorization(value);
  if (!authorization?.ok || authorization.value.scheme !== "basic") return undefined;
  const basic = parseBasicCredentials(authorization.value.credentials);
  return basic.ok ? basic.value.clientId : undefined;
}

function assertingClient(field: (name: string) => string | undefined): string | undefined {
  const assertion = parseClientAssertion(field("client_assertion") ?? "", bytes);
  return assertion.ok ? assertion.value.claims.subject : undefined;
}
