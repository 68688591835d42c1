/**
 * The metadata document of a protected resource.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 | RFC 9728 section 2}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { ownMember, ownText, ownTexts, parseJsonObject } from "./json.ts";
import { formatMembers, mayNameUrls, ownBoolean, readMembers } from "./metadata-members.ts";

/** What a resource says of itself. Absent members are unknown, not empty. */
export interface ResourceMetadata {
  /** The resource's identifier, which clients ask tokens for; compared byte by byte, never normalised. */
  readonly resource: string;

  /** The issuers whose tokens are accepted. */
  readonly authorizationServers?: readonly string[] | undefined;

  /** The resource's own keys, which it signs its answers with. */
  readonly jwksUri?: string | undefined;
  readonly scopesSupported?: readonly string[] | undefined;

  /** How a bearer token may be sent: `header`, `body`, `query`. Unlike other lists it may be empty: in no way. */
  readonly bearerMethodsSupported?: readonly string[] | undefined;
  readonly resourceSigningAlgValuesSupported?: readonly string[] | undefined;

  /** For people. */
  readonly resourceName?: string | undefined;
  readonly resourceDocumentation?: string | undefined;
  readonly resourcePolicyUri?: string | undefined;
  readonly resourceTosUri?: string | undefined;

  /** Whether tokens that are bound to client certificates are accepted (RFC 8705). */
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined;
  readonly authorizationDetailsTypesSupported?: readonly string[] | undefined;

  /** What proofs of possession may be signed with (RFC 9449). */
  readonly dpopSigningAlgValuesSupported?: readonly string[] | undefined;

  /** Whether every token must be bound to a key by DPoP. */
  readonly dpopBoundAccessTokensRequired?: boolean | undefined;
}

/** Why a document is refused. */
export type ResourceMetadataFailure = ProtocolFailure<
  | "metadata_not_json"
  | "metadata_resource_mismatch"
  | "metadata_member_invalid"
  | "metadata_insecure"
>;

const wireNames = {
  texts: {
    jwksUri: "jwks_uri",
    resourceName: "resource_name",
    resourceDocumentation: "resource_documentation",
    resourcePolicyUri: "resource_policy_uri",
    resourceTosUri: "resource_tos_uri",
  },
  lists: {
    authorizationServers: "authorization_servers",
    scopesSupported: "scopes_supported",
    bearerMethodsSupported: "bearer_methods_supported",
    resourceSigningAlgValuesSupported: "resource_signing_alg_values_supported",
    authorizationDetailsTypesSupported: "authorization_details_types_supported",
    dpopSigningAlgValuesSupported: "dpop_signing_alg_values_supported",
  },
  flags: {
    tlsClientCertificateBoundAccessTokens: "tls_client_certificate_bound_access_tokens",
    dpopBoundAccessTokensRequired: "dpop_bound_access_tokens_required",
  },
} as const;

const wellKnownPath = "/.well-known/oauth-protected-resource";

/** Writes the document; empty lists are left out (section 3.2), but for the methods of sending bearer tokens. */
export function formatResourceMetadata(metadata: ResourceMetadata): string {
  return JSON.stringify({
    resource: metadata.resource,
    ...formatMembers(metadata, wireNames.lists),
    [wireNames.lists.bearerMethodsSupported]: metadata.bearerMethodsSupported,
    ...formatMembers(metadata, wireNames.flags),
    ...formatMembers(metadata, wireNames.texts),
  });
}

/**
 * Reads the document that was fetched for `resource`.
 *
 * A document of another resource is refused (section 3.3), and so is one that names an authorization server or keys on
 * plain http. Only a resource that is itself on http and loopback may name some that are. Names in other languages
 * (`resource_name#de`) and signed metadata are not looked at.
 */
export function parseResourceMetadata(
  body: string,
  resource: string,
): Result<ResourceMetadata, ResourceMetadataFailure> {
  const members = parseJsonObject(body);
  if (members === undefined) {
    return protocolFailure(
      "metadata_not_json",
      "The metadata is not a JSON object",
      "RFC 9728 section 3.2",
    );
  }
  if (ownMember(members, "resource") !== resource) {
    return protocolFailure(
      "metadata_resource_mismatch",
      "The metadata is that of another resource",
      "RFC 9728 section 3.3",
    );
  }
  const texts = readMembers(members, wireNames.texts, ownText);
  const lists = readMembers(members, wireNames.lists, ownTexts);
  const flags = readMembers(members, wireNames.flags, ownBoolean);
  if (!texts || !lists || !flags) {
    return protocolFailure(
      "metadata_member_invalid",
      "A member is malformed",
      "RFC 9728 section 2",
    );
  }
  if (!mayNameUrls(resource, [texts.jwksUri, ...(lists.authorizationServers ?? [])])) {
    return protocolFailure(
      "metadata_insecure",
      "An authorization server or a key set is not an https URL",
      "RFC 9728 section 2",
    );
  }
  return ok({ resource, ...lists, ...flags, ...texts });
}

/**
 * Returns where the metadata of a resource is found: the well-known path is inserted between host and path or query.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3.1 | RFC 9728 section 3.1}
 */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}${wellKnownPath}${pathname === "/" ? "" : pathname}${search}`;
}
