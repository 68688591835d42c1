/**
 * The client-credentials token request.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2 | RFC 6749 section 4.4.2}
 * @module
 */

import type { Result } from "../result.ts";
import { ok } from "../result.ts";
import type { ClientAuthenticationFields } from "./client-authentication-fields.ts";
import {
  clientAuthenticationFields,
  clientAuthenticationNames,
  readClientAuthentication,
} from "./client-authentication-fields.ts";
import type { FormFields } from "./form.ts";
import { formatForm } from "./form.ts";
import type { ParameterFailure } from "./form-parameters.ts";
import { readFormParameters } from "./form-parameters.ts";
import { formatScope } from "./scope.ts";

/** What a client asks a token endpoint for. */
export interface GrantRequest {
  /** Absent: the server's default. */
  readonly scope?: readonly string[];

  /** Resource indicators (RFC 8707): absolute URIs that become the audience. */
  readonly resources?: readonly string[] | undefined;
}

/** A token request, with what travels beside the grant. */
export interface TokenRequest extends GrantRequest {
  /** Client authentication that travels in the body. */
  readonly authentication?: ClientAuthenticationFields;

  /** Parameters of a server's own, sent as they are. */
  readonly extraParameters?: FormFields;
}

/** A token request as it arrived: what is a known grant or scope is for the server to say. */
export interface ReceivedTokenRequest {
  readonly grantType: string | undefined;

  /** The raw `scope` parameter. */
  readonly scope: string | undefined;
  readonly resources: readonly string[];
  readonly authentication: ClientAuthenticationFields;
}

// Marked, so that a bundle which only writes requests leaves it out.
const names = {
  single: /* @__PURE__ */ new Set(
    /* @__PURE__ */ ["grant_type", "scope"].concat(clientAuthenticationNames),
  ),
  repeatable: /* @__PURE__ */ new Set(["resource"]),
};

/** Writes the body of a token request. */
export function formatTokenRequest(request: TokenRequest): string {
  const { authentication = {}, extraParameters = [] } = request;
  return formatForm([
    ...grantFields(request),
    ...clientAuthenticationFields(authentication),
    ...extraParameters,
  ]);
}

/** Returns the fields that ask for a grant, without those that prove the client. */
export function grantFields({ scope = [], resources = [] }: GrantRequest): FormFields {
  return [
    ["grant_type", "client_credentials"],
    ...(scope.length > 0 ? [["scope", formatScope(scope)] as const] : []),
    ...resources.map((resource) => ["resource", resource] as const),
  ];
}

/** Reads the fields of a token request; a repeated parameter other than `resource` is refused. */
export function parseTokenRequest(
  fields: FormFields,
): Result<ReceivedTokenRequest, ParameterFailure> {
  const parameters = readFormParameters(fields, names);
  if (!parameters.ok) return parameters;
  const { get, getAll } = parameters.value;
  return ok({
    grantType: get("grant_type"),
    scope: get("scope"),
    resources: getAll("resource"),
    authentication: readClientAuthentication(parameters.value),
  });
}
