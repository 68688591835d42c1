/**
 * What an authorization server is told: the one object that its endpoints obey and its metadata is made from.
 *
 * @module
 */

import type { RateLimit } from "../ports.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { ClientAuthenticationMethod } from "../protocol/client-authentication-fields.ts";
import type { ClientKeySetOptions, ClientKeySetPolicy } from "./clients/client-key-set-policy.ts";
import type { DpopOptions, DpopPolicy } from "../dpop/dpop-policy.ts";
import type { KeyRotationOptions, KeyRotationPolicy } from "./keys/key-rotation-options.ts";
import type { MutualTlsOptions, MutualTlsPolicy } from "./mutual-tls/mutual-tls-policy.ts";
import type { SecurityProfile } from "./security-profile.ts";

/** Where the endpoints are, below the issuer's origin. */
export interface EndpointPaths {
  readonly token: string;
  readonly introspection: string;
  readonly revocation: string;
  readonly jwks: string;
}

/** A resource server that tokens are for. */
export interface ProtectedResource {
  /** An absolute URI without fragment: the `resource` of a request and the `aud` of a token (RFC 8707). */
  readonly identifier: string;

  /** All scopes that mean something to it. */
  readonly scopes: readonly string[];

  /** Absent: the server's. */
  readonly accessTokenLifetimeSeconds?: number | undefined;
}

/** Budgets. `null` is no limit at all, and so stands out in review. */
export interface RequestBudgets {
  /** Token requests of one client, charged once it has authenticated. */
  readonly token: RateLimit | null;

  /** Introspection requests of one client, charged once it has authenticated. */
  readonly introspection: RateLimit | null;

  /** Revocation requests of one client, charged once it has authenticated. */
  readonly revocation: RateLimit | null;

  /** Requests of one address to the three endpoints above, charged before anything is hashed. */
  readonly address: RateLimit | null;

  /** Failed authentications of one client id from one address, checked before anything is hashed. */
  readonly failedAuthentication: RateLimit | null;
}

/** Some members of a set of defaults; an absent one and `undefined` mean the same. */
export type Overrides<Defaults> = {
  readonly [Name in keyof Defaults]?: Defaults[Name] | undefined;
};

/** The client authentication methods that this server can check. */
export type SupportedAuthenticationMethod = ClientAuthenticationMethod;

/** What a server may be told. */
export interface AuthorizationServerConfiguration {
  /** The bare origin, or an origin with a path; https, or http on loopback. Compared byte by byte by everybody. */
  readonly issuer: string;

  /** Allows an issuer on plain http, and credentials over it, elsewhere than on loopback. @defaultValue false */
  readonly allowInsecureHttp?: boolean | undefined;

  /** At least one; the first that defines the wanted scope is the default audience. */
  readonly resources: readonly ProtectedResource[];

  /** @defaultValue `/partner/v1/oauth/token`, `…/introspect`, `…/revoke` and `/.well-known/jwks.json` */
  readonly paths?: Overrides<EndpointPaths> | undefined;

  /**
   * What is accepted at all three endpoints, from clients registered for it.
   *
   * @defaultValue all that `profile` allows; those of mutual TLS as far as `mutualTls` can serve them
   */
  readonly clientAuthenticationMethods?: readonly SupportedAuthenticationMethod[] | undefined;

  /** 1 to 3600. @defaultValue 900 */
  readonly accessTokenLifetimeSeconds?: number | undefined;

  /** What tokens are signed with, unless a client's record says otherwise. @defaultValue `ES256` */
  readonly accessTokenAlgorithm?: SignatureAlgorithm | undefined;

  /** Claims that every token carries, such as `env`; they never replace a registered claim. */
  readonly accessTokenClaims?: JsonObject | undefined;

  /** How clients' keys are fetched from a `jwksUri`. @defaultValue absent: all keys are registered here */
  readonly clientKeySets?: ClientKeySetOptions | undefined;

  /** @defaultValue see {@link defaultBudgets} */
  readonly limits?: Overrides<RequestBudgets> | undefined;

  /** How long a store may take to answer, where the port `sleep` is there to tell. @defaultValue 2000 */
  readonly storeTimeoutMs?: number | undefined;

  /** A longer body is 413. @defaultValue 16384 */
  readonly maxBodyBytes?: number | undefined;

  /** More parameters are 400. @defaultValue 64 */
  readonly maxParameters?: number | undefined;

  /** How long clients may keep the metadata and the JWKS; keys are announced for at least as long. @defaultValue 300 */
  readonly documentMaxAgeSeconds?: number | undefined;

  /** When signing keys change. @defaultValue by command alone */
  readonly keyRotation?: KeyRotationOptions | undefined;

  /** Whether a client may introspect its own tokens without `mayIntrospect`. @defaultValue true */
  readonly introspectOwnTokens?: boolean | undefined;

  /** Binds tokens to keys (RFC 9449). @defaultValue absent: proofs are ignored, and all tokens are bearer tokens */
  readonly dpop?: DpopOptions | undefined;

  /**
   * Takes note of client certificates (RFC 8705). Say so only when all requests come through something that asks for
   * certificates and sees their keys used.
   *
   * @defaultValue absent: certificates are ignored
   */
  readonly mutualTls?: MutualTlsOptions | undefined;

  /**
   * `fapi2` allows what the FAPI 2.0 Security Profile does: clients with a key or a certificate and no others, tokens
   * that are bound to one, signed with PS256, ES256 or Ed25519.
   *
   * @defaultValue absent: no restriction
   */
  readonly profile?: SecurityProfile | undefined;

  /** Emitted for parsers that insist on `response_types_supported`. @defaultValue absent: there are none */
  readonly responseTypesSupported?: readonly string[] | undefined;

  /** A page for developers. */
  readonly serviceDocumentation?: string | undefined;

  /** Where there is a page for each error code, to which the code is appended: `error_uri`. @defaultValue absent */
  readonly errorPagesUrl?: string | undefined;
}

/** The configuration with every default filled in. */
export interface ServerPolicy {
  readonly issuer: string;
  readonly allowInsecureHttp: boolean;
  readonly resources: readonly ProtectedResource[];
  readonly paths: EndpointPaths;
  readonly clientAuthenticationMethods: readonly SupportedAuthenticationMethod[];
  readonly accessTokenLifetimeSeconds: number;
  readonly accessTokenAlgorithm: SignatureAlgorithm;
  readonly accessTokenClaims: JsonObject | undefined;
  readonly limits: RequestBudgets;
  readonly storeTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly maxParameters: number;
  readonly documentMaxAgeSeconds: number;
  readonly keyRotation: KeyRotationPolicy;
  readonly introspectOwnTokens: boolean;
  readonly dpop: DpopPolicy | undefined;
  readonly clientKeySets: ClientKeySetPolicy | undefined;
  readonly mutualTls: MutualTlsPolicy | undefined;
  readonly profile: SecurityProfile | undefined;
  readonly responseTypesSupported: readonly string[] | undefined;
  readonly serviceDocumentation: string | undefined;
  readonly errorPagesUrl: string | undefined;
}

/** The bounds of a token's life, in seconds. */
export const accessTokenLifetimeBounds = { min: 1, max: 3600 } as const;

/** The budgets of production, and so of the sandbox. */
export const defaultBudgets: RequestBudgets = {
  token: { limit: 60, windowSeconds: 60 },
  introspection: { limit: 600, windowSeconds: 60 },
  revocation: { limit: 60, windowSeconds: 60 },
  address: { limit: 1200, windowSeconds: 60 },
  failedAuthentication: { limit: 10, windowSeconds: 60 },
};

/** Where the endpoints are unless they are configured. */
export const defaultPaths: EndpointPaths = {
  token: "/partner/v1/oauth/token",
  introspection: "/partner/v1/oauth/introspect",
  revocation: "/partner/v1/oauth/revoke",
  jwks: "/.well-known/jwks.json",
};
