/**
 * Why a request is refused: what the caller is told, and what only the server knows.
 *
 * @module
 */

import type { HeaderList } from "../http.ts";
import type { ClientAssertionFailure } from "../jwt/client-assertion.ts";
import type { DpopFailureCode } from "../jwt/verify-dpop-proof.ts";
import type { OAuthErrorCode } from "../protocol/oauth-error.ts";

/** The reason behind a refusal. For audit events alone: on the wire several of them look the same. */
export type RefusalReason =
  | "insecure_transport"
  | "method_not_allowed"
  | "path_unknown"
  | "media_type"
  | "content_encoding"
  | "body_too_large"
  | "body_malformed"
  | "too_many_parameters"
  | "parameter_repeated"
  | "credentials_conflicting"
  | "credentials_malformed"
  | "credentials_missing"
  | "client_id_mismatch"
  | "scheme_unsupported"
  | "method_unsupported"
  | "method_not_registered"
  | "client_unknown"
  | "client_disabled"
  | "client_public"
  | "secret_wrong"
  | "secret_expired"
  | "secret_not_yet_valid"
  | ClientAssertionFailure["code"]
  | "assertion_key_unknown"
  | "assertion_key_unfit"
  | "assertion_keys_unavailable"
  | "assertion_keys_not_allowed"
  | "assertion_signature"
  | "assertion_issuer"
  | "assertion_audience"
  | "assertion_expired"
  | "assertion_not_yet_valid"
  | "assertion_lifetime"
  | "assertion_replayed"
  | "certificate_missing"
  | "certificate_unreadable"
  | "certificate_expired"
  | "certificate_not_yet_valid"
  | "certificate_untrusted"
  | "certificate_subject"
  | "certificate_not_registered"
  | "address_budget_spent"
  | "failure_budget_spent"
  | "client_budget_spent"
  | "grant_type_missing"
  | "grant_type_unknown"
  | "grant_type_not_allowed"
  | "scope_malformed"
  | "scope_empty"
  | "scope_unknown"
  | "scope_not_allowed"
  | "scope_of_several_resources"
  | "resource_unknown"
  | "resource_malformed"
  | "token_missing"
  | DpopFailureCode
  | "dpop_disabled"
  | "dpop_missing"
  | "dpop_repeated"
  | "dpop_replayed"
  | "dpop_nonce_missing"
  | "dpop_nonce_unknown"
  | "dpop_beside_certificate"
  | "token_unbound"
  | "signing_key_missing"
  | "store_unavailable";

/** A refusal on its way to becoming an answer and an audit event. */
export interface Refusal {
  readonly status: number;
  readonly error: OAuthErrorCode;

  /** For developers; never holds input. */
  readonly description: string;
  readonly why: RefusalReason;

  /** Beside those that every answer of an OAuth endpoint has. */
  readonly headers?: HeaderList | undefined;

  /** Further members of the body. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;

  /** The registered client in question, if it is known by now. */
  readonly clientId?: string | undefined;

  /** The error behind an outage; for audit events alone. */
  readonly cause?: unknown;
}
