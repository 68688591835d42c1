/**
 * The request that introspection and revocation share: a token, and a hint about its type.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.1 | RFC 7662 section 2.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.1 | RFC 7009 section 2.1}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
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

/** A request about a token. */
export interface TokenManagementRequest {
  readonly token: string;

  /** Such as `access_token`; a server may ignore it. */
  readonly tokenTypeHint?: string | undefined;
  readonly authentication?: ClientAuthenticationFields;
}

/** A request about a token as it arrived. */
export interface ReceivedTokenManagementRequest {
  readonly token: Result<string, ProtocolFailure<"token_missing">>;
  readonly tokenTypeHint: string | undefined;
  readonly authentication: ClientAuthenticationFields;
}

const names = {
  single: new Set(["token", "token_type_hint", ...clientAuthenticationNames]),
  repeatable: new Set<string>(),
};

/** Writes the body of the request. */
export function formatTokenManagementRequest(request: TokenManagementRequest): string {
  const fields: (readonly [string, string])[] = [["token", request.token]];
  if (request.tokenTypeHint !== undefined) fields.push(["token_type_hint", request.tokenTypeHint]);
  fields.push(...clientAuthenticationFields(request.authentication ?? {}));
  return formatForm(fields);
}

/**
 * Reads the fields of the request.
 *
 * A missing token is a result of its own, because the caller is authenticated first: strangers learn nothing.
 */
export function parseTokenManagementRequest(
  fields: FormFields,
): Result<ReceivedTokenManagementRequest, ParameterFailure> {
  const parameters = readFormParameters(fields, names);
  if (!parameters.ok) return parameters;
  const token = parameters.value.get("token");
  return ok({
    token:
      token === undefined
        ? protocolFailure("token_missing", "The token parameter is missing", "RFC 7662 section 2.1")
        : ok(token),
    tokenTypeHint: parameters.value.get("token_type_hint"),
    authentication: readClientAuthentication(parameters.value),
  });
}
