/**
 * The metadata document of an authorization server.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 | RFC 8414 section 2}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import type { JsonObject } from "./json.ts";
import { isJsonObject, ownMember, ownText, ownTexts, parseJsonObject } from "./json.ts";
import { formatMembers, mayNameUrls, ownBoolean, readMembers } from "./metadata-members.ts";

/** What a server says of itself. Absent members are unknown, not empty. */
export interface ServerMetadata {
  /** Compared byte by byte, never normalised. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly jwksUri?: string | undefined;
  readonly introspectionEndpoint?: string | undefined;
  readonly revocationEndpoint?: string | undefined;
  readonly scopesSupported?: readonly string[] | undefined;
  readonly responseTypesSupported?: readonly string[] | undefined;
  readonly grantTypesSupported?: readonly string[] | undefined;
  readonly tokenEndpointAuthMethodsSupported?: readonly string[] | undefined;
  readonly tokenEndpointAuthSigningAlgValuesSupported?: readonly string[] | undefined;
  readonly introspectionEndpointAuthMethodsSupported?: readonly string[] | undefined;
  readonly introspectionEndpointAuthSigningAlgValuesSupported?: readonly string[] | undefined;

  /** Of signed answers (RFC 9701 section 7). */
  readonly introspectionSigningAlgValuesSupported?: readonly string[] | undefined;
  readonly revocationEndpointAuthMethodsSupported?: readonly string[] | undefined;
  readonly revocationEndpointAuthSigningAlgValuesSupported?: readonly string[] | undefined;
  readonly dpopSigningAlgValuesSupported?: readonly string[] | undefined;

  /** Whether tokens can be bound to client certificates (RFC 8705 section 3.3). */
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined;

  /** The same endpoints where clients with certificates are to call them; absent ones are as above (RFC 8705 section 5). */
  readonly mtlsEndpointAliases?: MtlsEndpointAliases | undefined;
  readonly serviceDocumentation?: string | undefined;
}

/** Endpoints that ask for a client certificate. */
export type MtlsEndpointAliases = Partial<
  Pick<ServerMetadata, "tokenEndpoint" | "introspectionEndpoint" | "revocationEndpoint">
>;

/** Why a document is refused. */
export type MetadataFailure = ProtocolFailure<
  "metadata_not_json" | "metadata_issuer_mismatch" | "metadata_member_invalid" | "metadata_insecure"
>;

const wireNames = {
  urls: {
    tokenEndpoint: "token_endpoint",
    jwksUri: "jwks_uri",
    introspectionEndpoint: "introspection_endpoint",
    revocationEndpoint: "revocation_endpoint",
  },
  lists: {
    scopesSupported: "scopes_supported",
    responseTypesSupported: "response_types_supported",
    grantTypesSupported: "grant_types_supported",
    tokenEndpointAuthMethodsSupported: "token_endpoint_auth_methods_supported",
    tokenEndpointAuthSigningAlgValuesSupported: "token_endpoint_auth_signing_alg_values_supported",
    introspectionEndpointAuthMethodsSupported: "introspection_endpoint_auth_methods_supported",
    introspectionEndpointAuthSigningAlgValuesSupported:
      "introspection_endpoint_auth_signing_alg_values_supported",
    introspectionSigningAlgValuesSupported: "introspection_signing_alg_values_supported",
    revocationEndpointAuthMethodsSupported: "revocation_endpoint_auth_methods_supported",
    revocationEndpointAuthSigningAlgValuesSupported:
      "revocation_endpoint_auth_signing_alg_values_supported",
    dpopSigningAlgValuesSupported: "dpop_signing_alg_values_supported",
  },
  flags: { tlsClientCertificateBoundAccessTokens: "tls_client_certificate_bound_access_tokens" },
  aliases: "mtls_endpoint_aliases",
  aliasUrls: {
    tokenEndpoint: "token_endpoint",
    introspectionEndpoint: "introspection_endpoint",
    revocationEndpoint: "revocation_endpoint",
  },
} as const;

/** Objects with the names of all members, and with those of the aliases. */
export const serverMetadataNames: {
  readonly members: Readonly<Record<keyof ServerMetadata, unknown>>;
  readonly aliases: Readonly<Record<keyof MtlsEndpointAliases, unknown>>;
} = {
  members: {
    ...wireNames.urls,
    ...wireNames.lists,
    ...wireNames.flags,
    issuer: 0,
    mtlsEndpointAliases: 0,
    serviceDocumentation: 0,
  },
  aliases: wireNames.aliasUrls,
};

const reference = "RFC 8414 section 3.3";

/** Writes the document; empty lists are left out, as RFC 8414 section 3.2 asks. */
export function formatServerMetadata(metadata: ServerMetadata): string {
  const { issuer, mtlsEndpointAliases: aliases, serviceDocumentation } = metadata;
  return JSON.stringify({
    issuer,
    ...formatMembers(metadata, wireNames.urls),
    ...formatMembers(metadata, wireNames.lists),
    ...formatMembers(metadata, wireNames.flags),
    [wireNames.aliases]: aliases && formatMembers(aliases, wireNames.aliasUrls),
    service_documentation: serviceDocumentation,
  });
}

/**
 * Reads the document that was fetched for `issuer`.
 *
 * A document that names another issuer is refused (mix-up), and so is one that names an endpoint on plain http. Only an
 * issuer that is itself on http and loopback may name endpoints that are.
 */
export function parseServerMetadata(
  body: string,
  issuer: string,
): Result<ServerMetadata, MetadataFailure> {
  const members = parseJsonObject(body);
  if (members === undefined) {
    return protocolFailure("metadata_not_json", "The metadata is not a JSON object", reference);
  }
  if (ownMember(members, "issuer") !== issuer) {
    return protocolFailure(
      "metadata_issuer_mismatch",
      "The metadata names another issuer",
      reference,
    );
  }
  const urls = readMembers(members, wireNames.urls, ownText);
  const lists = readMembers(members, wireNames.lists, ownTexts);
  const flags = readMembers(members, wireNames.flags, ownBoolean);
  const aliases = readAliases(members);
  if (!urls || !lists || !flags || !aliases || urls.tokenEndpoint === undefined) {
    return protocolFailure(
      "metadata_member_invalid",
      "A member is missing or malformed",
      reference,
    );
  }
  if (!mayNameUrls(issuer, [...Object.values(urls), ...Object.values(aliases)])) {
    return protocolFailure(
      "metadata_insecure",
      "An endpoint is not an https URL",
      "RFC 8414 section 2",
    );
  }
  const { tokenEndpoint } = urls;
  const serviceDocumentation = ownText(members, "service_documentation");
  return ok({
    ...urls,
    ...lists,
    ...flags,
    ...(Object.keys(aliases).length > 0 && { mtlsEndpointAliases: aliases }),
    issuer,
    tokenEndpoint,
    serviceDocumentation,
  });
}

/**
 * Returns where the metadata of an issuer is found: the well-known path is inserted between host and path.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.1 | RFC 8414 section 3.1}
 */
export function metadataUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, "")}`;
}

/** Reads the aliases, none when there are none; `undefined` when they are malformed. */
function readAliases(members: JsonObject): MtlsEndpointAliases | undefined {
  const aliases = ownMember(members, wireNames.aliases) ?? {};
  return isJsonObject(aliases) ? readMembers(aliases, wireNames.aliasUrls, ownText) : undefined;
}
