import type {
  AuditFailure,
  AuditListener,
  ClientKeySetOptions,
  ClientRegistration,
  DpopOptions,
  KeyRotationOptions,
  Overrides,
  ProtectedResource,
  RequestBudgets,
  SecretRegistration,
  SecurityProfile,
  SupportedAuthenticationMethod,
} from "@credicorp/oauth-core/authorization-server";
import type { Clock, SignatureAlgorithm } from "@credicorp/oauth-core";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

import type { FaultRule } from "../faults/fault.ts";
import type { ClientCertificateHeader } from "../http/client-certificate-header.ts";
import type { SandboxTls } from "../http/tls.ts";
import type { NamespaceBounds } from "../namespaces/namespaces.ts";
import type { JournalBounds } from "../journal/journal-bounds.ts";

/** A secret of a client: itself or its digest, and when it is good. */
export interface SandboxClientSecret extends SecretRegistration {
  /** In place of `expiresAt`: seconds of the sandbox's clock from when the client is made, or made anew by a reset. */
  readonly expiresInSeconds?: number | undefined;
}

/** A client of the sandbox. Its secret or private key is a test credential: it is printed when the sandbox starts. */
export interface SandboxClientConfiguration extends Omit<ClientRegistration, "secrets"> {
  /** Several that are good at a time, or one after the other; `secret` is short for one. */
  readonly secrets?: readonly SandboxClientSecret[] | undefined;

  /** What the client is good for, in a few words. */
  readonly description?: string | undefined;

  /**
   * What the client signs its assertions with, its `alg` named; the public half is registered.
   *
   * @defaultValue made, when a client of `private_key_jwt` has no `jwks` either
   */
  readonly privateJwk?: PrivateJwk | undefined;

  /** Where the client publishes its keys, instead of `jwks`: https, on a host of `clientKeySets.allowedHosts`. */
  readonly jwksUri?: string | undefined;
}

/** How the sandbox fetches the keys of clients with a `jwksUri`. */
export interface SandboxClientKeySets extends ClientKeySetOptions {
  /**
   * Allows hosts on this machine and in private networks, for key servers that are in the sandbox themselves; link-local
   * addresses stay refused. @defaultValue false
   */
  readonly allowPrivateAddresses?: boolean | undefined;

  /** Certificates of authorities in PEM, in place of those that Node trusts. @defaultValue those that Node trusts */
  readonly trustedCertificates?: readonly string[] | undefined;
}

/** What a sandbox may be told, by an object or by a JSON file with the same members. */
export interface SandboxConfiguration {
  /** @defaultValue the origin that it listens on; `http://localhost` before that */
  readonly issuer?: string | undefined;

  /** Replaces the clients that the sandbox comes with. @defaultValue {@link defaultClients} */
  readonly clients?: readonly SandboxClientConfiguration[] | undefined;

  /** @defaultValue one: the issuer's origin + `/partner/v1`, with all scopes of the clients */
  readonly resources?: readonly ProtectedResource[] | undefined;

  /** 1 to 3600. @defaultValue 900 */
  readonly accessTokenLifetimeSeconds?: number | undefined;

  /** What tokens are signed with, unless a client says otherwise. @defaultValue `ES256` */
  readonly accessTokenAlgorithm?: SignatureAlgorithm | undefined;

  /**
   * Algorithms that the JWKS also offers a key for. Where the sandbox listens, they are made in the background shortly
   * after the first answer. @defaultValue `["RS256"]`
   */
  readonly additionalAlgorithms?: readonly SignatureAlgorithm[] | undefined;

  /** Keys made elsewhere, each with its `alg`. @defaultValue none: keys are made at the start */
  readonly signingKeys?: readonly PrivateJwk[] | undefined;

  /** Budgets; `null` lifts one. @defaultValue those of production */
  readonly limits?: Overrides<RequestBudgets> | undefined;

  /** @defaultValue all that there are */
  readonly clientAuthenticationMethods?: readonly SupportedAuthenticationMethod[] | undefined;

  /** How proofs are taken (RFC 9449); `null` ignores them. @defaultValue `{}`: tokens are bound to the keys that are proven */
  readonly dpop?: DpopOptions | null | undefined;

  /** How keys are fetched from a client's `jwksUri`. @defaultValue absent: no client may have one */
  readonly clientKeySets?: SandboxClientKeySets | undefined;

  /** How long callers may keep metadata and JWKS. @defaultValue 300 */
  readonly documentMaxAgeSeconds?: number | undefined;

  /** When signing keys change, once the sandbox listens. @defaultValue by command alone */
  readonly keyRotation?: KeyRotationOptions | undefined;

  /** A longer body is answered with 413. @defaultValue 16384 */
  readonly maxBodyBytes?: number | undefined;

  /** @defaultValue absent, as there are none */
  readonly responseTypesSupported?: readonly string[] | undefined;

  /** A page for developers. */
  readonly serviceDocumentation?: string | undefined;

  /** Allows plain http elsewhere than on loopback. @defaultValue false */
  readonly allowInsecureHttp?: boolean | undefined;

  /** Allows TLS elsewhere than on loopback, where others reach it: its secrets are public. @defaultValue false */
  readonly allowNetwork?: boolean | undefined;

  /**
   * Host names or addresses that requests may be for beside those of loopback and of the issuer, without scheme and
   * port: all others are refused, as a page could have had them led here. @defaultValue none
   */
  readonly allowedHosts?: readonly string[] | undefined;

  /**
   * TLS for `listen`, which asks every client for a certificate; the issuer is then on https.
   *
   * @defaultValue absent: plain http
   */
  readonly tls?: SandboxTls | undefined;

  /** How `trustedProxies` report the certificates of clients. @defaultValue absent: they do not */
  readonly clientCertificateHeader?: ClientCertificateHeader | undefined;

  /** Where clients with certificates are to call the endpoints, when that is elsewhere: `mtls_endpoint_aliases`. */
  readonly mtlsEndpointOrigin?: string | undefined;

  /** `fapi2`: clients with keys or certificates and no others, and no bearer tokens. @defaultValue absent */
  readonly profile?: SecurityProfile | undefined;

  /** Addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. @defaultValue none */
  readonly trustedProxies?: readonly string[] | undefined;

  /** What goes wrong from the start, and again after a reset. @defaultValue nothing */
  readonly faults?: readonly FaultRule[] | undefined;

  /**
   * Makes a run that can be repeated, from 0 to 2³² − 1, in another process or after `reset`: token ids, nonces, faults,
   * secrets and keys that are made (but RSA keys) come of it. Secrets and keys are worth nothing then, as anybody can make
   * them; tokens say so with `test_keys`. What opens something else stays random: request ids, by which explanations are
   * found, and admin tokens.
   *
   * @defaultValue absent: all of them are random
   */
  readonly seed?: number | undefined;
}

/** What a program may give beside the configuration. */
export interface SandboxOptions extends SandboxConfiguration {
  /** What the sandbox's own clock is based on. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;

  /** What the admin API is to be called with: 22 characters of base64 or more. @defaultValue 256 random bits */
  readonly adminToken?: string | undefined;

  /** Where the admin API begins. @defaultValue `/admin/v1` */
  readonly adminPrefix?: string | undefined;

  /** How many namespaces there may be, and for how long. @defaultValue 100, and an hour without a request */
  readonly namespaces?: NamespaceBounds | undefined;

  /** Lets a sandbox start where `NODE_ENV` is `production`; not even a configuration file can say so. @defaultValue false */
  readonly dangerouslyAllowProduction?: boolean | undefined;

  /** How many requests are remembered. @defaultValue 10,000, and 32 MiB */
  readonly journal?: JournalBounds | undefined;

  /** The first subscriber: called for every decision, with the reason that callers are not told. */
  readonly audit?: AuditListener | undefined;

  /** Hears once of each event that a subscriber could not take. */
  readonly onAuditFailure?: ((failure: AuditFailure) => unknown) | undefined;
}
