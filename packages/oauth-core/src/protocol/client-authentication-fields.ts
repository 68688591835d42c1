/**
 * Client authentication that travels in a request body: `client_secret_post` and client assertions.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 | RFC 6749 section 2.3.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7521#section-4.2 | RFC 7521 section 4.2}
 * @module
 */

import type { ClientCredentials } from "./basic-credentials.ts";
import type { FormFields } from "./form.ts";
import type { FormParameters } from "./form-parameters.ts";

/** The registered names of the client authentication methods (OAuth Token Endpoint Authentication Methods registry). */
export type ClientAuthenticationMethod =
  | "client_secret_basic"
  | "client_secret_post"
  | "private_key_jwt"
  | "tls_client_auth"
  | "self_signed_tls_client_auth";

/** The members of a body that name or prove the client. */
export interface ClientAuthenticationFields {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly clientAssertion?: string | undefined;
  readonly clientAssertionType?: string | undefined;
}

/** Wire names, for the endpoints to recognise. */
export const clientAuthenticationNames: readonly string[] = [
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
];

/** Returns the fields to send, in a fixed order, absent ones left out. */
export function clientAuthenticationFields(fields: ClientAuthenticationFields): FormFields {
  const all: (readonly [string, string | undefined])[] = [
    ["client_id", fields.clientId],
    ["client_secret", fields.clientSecret],
    ["client_assertion_type", fields.clientAssertionType],
    ["client_assertion", fields.clientAssertion],
  ];
  return all.filter((field): field is readonly [string, string] => field[1] !== undefined);
}

/** Returns the fields of `client_secret_post`. */
export function secretPostFields({ clientId, clientSecret }: ClientCredentials): FormFields {
  return [
    ["client_id", clientId],
    ["client_secret", clientSecret],
  ];
}

/** Reads the fields from the parameters of a request. */
export function readClientAuthentication({ get }: FormParameters): ClientAuthenticationFields {
  return {
    clientId: get("client_id"),
    clientSecret: get("client_secret"),
    clientAssertion: get("client_assertion"),
    clientAssertionType: get("client_assertion_type"),
  };
}
