/**
 * What a verifier tells others of its resource: what it does, and nothing that it refuses.
 *
 * @module
 */

import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import { signatureAlgorithmNames } from "@credicorp/oauth-core/jwt";
import type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
import { resourceMetadataUrl } from "@credicorp/oauth-core/protocol";
import type { CheckedOptions } from "./checked-options.ts";

/** What tokens may be bound to, or must. */
export interface TokenBindings {
  /** What proofs of a key may be signed with (RFC 9449); `undefined`: tokens cannot be bound to keys. */
  readonly dpopAlgorithms: readonly SignatureAlgorithm[] | undefined;

  /** Whether the server asks its clients for certificates (RFC 8705). */
  readonly clientCertificates: boolean;

  /** Whether tokens that are bound to nothing are refused. */
  readonly isRequired: boolean;
}

/** What the verifier tells. */
export interface ResourceDescription {
  /** All scopes that routes may ask for; `undefined` when any will do. */
  readonly scopes: readonly string[] | undefined;
  readonly bindings: TokenBindings;
  readonly metadata: ResourceMetadata | undefined;

  /** Where the metadata is. */
  readonly metadataUrl: string | undefined;
}

/** Describes the resource of a verifier; `dpopAlgorithms` with the defaults filled in. */
export function describeResource(
  options: Pick<CheckedOptions, "issuers" | "scopes" | "resource" | "requireBoundTokens">,
  dpopAlgorithms: readonly SignatureAlgorithm[] | undefined,
): ResourceDescription {
  const { scopes, resource, requireBoundTokens: isRequired } = options;
  const { clientCertificates = false } = resource ?? {};
  const bindings = Object.freeze({
    dpopAlgorithms: dpopAlgorithms && Object.freeze([...dpopAlgorithms]),
    clientCertificates,
    isRequired,
  });
  return {
    scopes,
    bindings,
    metadata: resource && toMetadata({ ...options, resource }, bindings),
    metadataUrl: resource && resourceMetadataUrl(resource.identifier),
  };
}

function toMetadata(
  {
    issuers,
    scopes,
    resource,
  }: Required<Pick<CheckedOptions, "issuers" | "scopes">> & {
    readonly resource: NonNullable<CheckedOptions["resource"]>;
  },
  { dpopAlgorithms, clientCertificates, isRequired }: TokenBindings,
): ResourceMetadata {
  const { identifier, name, documentation } = resource;
  const policies = issuers.map(({ policy }) => policy);
  // An issuer whose tokens are for another audience is no place to get one for this resource.
  const servers = policies.filter(({ audience }) => audience?.includes(identifier) ?? true);
  const needsProof = isRequired && !clientCertificates;
  return Object.freeze({
    resource: identifier,
    authorizationServers: Object.freeze(servers.map(({ issuer }) => issuer)),
    scopesSupported: scopes,
    // A token that is bound to a certificate is sent as a bearer token is.
    bearerMethodsSupported: Object.freeze(needsProof ? [] : ["header"]),
    resourceName: name,
    resourceDocumentation: documentation,
    tlsClientCertificateBoundAccessTokens: clientCertificates || undefined,
    // By both names of Ed25519, as the authorization server's metadata does: a proof may use either.
    dpopSigningAlgValuesSupported:
      dpopAlgorithms && Object.freeze(signatureAlgorithmNames(dpopAlgorithms)),
    dpopBoundAccessTokensRequired: (needsProof && dpopAlgorithms !== undefined) || undefined,
  });
}
