/**
 * What the authorization server keeps of a client.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 | RFC 7591 section 2}
 * @module
 */

import type { RateLimit } from "../../ports.ts";
import type { SignatureAlgorithm } from "../../signature-engine.ts";
import type { ClientAuthenticationMethod } from "../../protocol/client-authentication-fields.ts";
import type { CertificateSubject } from "../mutual-tls/certificate-subject.ts";
import type { ClientJwks } from "./client-keys.ts";

/** How a client is registered to prove who it is; `none` makes it a public client, which gets no token here. */
export type RegisteredAuthenticationMethod = ClientAuthenticationMethod | "none";

/** A secret at rest. The times are seconds since the Unix epoch. */
export interface ClientSecret {
  /** SHA-256 of the secret, in base64url. */
  readonly digest: string;
  readonly notBefore?: number | undefined;
  readonly expiresAt?: number | undefined;

  /** When it last authenticated a request; written at most once a minute. */
  readonly lastUsedAt?: number | undefined;
}

/** A client. Rows are JSON, so that any store can hold them. Its subject is for `tls_client_auth`. */
export interface ClientRecord extends CertificateSubject {
  readonly id: string;
  readonly authenticationMethod: RegisteredAuthenticationMethod;

  /** All of those that are live now authenticate the client. */
  readonly secrets: readonly ClientSecret[];

  /** The keys that its assertions are signed with, for `private_key_jwt`. */
  readonly jwks?: ClientJwks | undefined;

  /** Where it publishes those keys instead; the operator's own configuration alone may say. */
  readonly jwksUri?: string | undefined;

  /** The certificates that authenticate it by `self_signed_tls_client_auth`: DER in base64url. */
  readonly tlsCertificates?: readonly string[] | undefined;
  readonly enabled: boolean;
  readonly grantTypes: readonly string[];

  /** All that the client may be granted. */
  readonly scope: readonly string[];

  /** What it is granted when it does not ask; absent: all that it may be granted. */
  readonly defaultScope?: readonly string[] | undefined;

  /** Whether it may introspect the tokens of others (RFC 7662 section 4). */
  readonly mayIntrospect: boolean;

  /** What answers are signed with that it asks to be signed (RFC 9701 section 6); absent: as the server's tokens. */
  readonly introspectionSignedResponseAlgorithm?: SignatureAlgorithm | undefined;

  /** The audiences that it answers for as a resource server; absent: all resources of this server. */
  readonly audiences?: readonly string[] | undefined;

  /** Where a resource has a shorter one, that holds. Absent: the resource's, or the server's. */
  readonly accessTokenLifetimeSeconds?: number | undefined;

  /** Absent: the server's. */
  readonly accessTokenAlgorithm?: SignatureAlgorithm | undefined;

  /** Whether it gets no token but one that is bound to a key (RFC 9449 section 5.2). @defaultValue false */
  readonly dpopBoundAccessTokens?: boolean | undefined;

  /** Whether its proofs must repeat a nonce of this server (RFC 9449 section 8). @defaultValue false */
  readonly dpopNonceRequired?: boolean | undefined;

  /** Whether it gets no token but one that is bound to its certificate (RFC 8705 section 3.4). @defaultValue false */
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined;

  /** Its budget of token requests; absent: the server's. */
  readonly tokenLimit?: RateLimit | undefined;
}
