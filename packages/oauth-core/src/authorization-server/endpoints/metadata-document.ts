import { clientAssertionAlgorithms } from "../../jwt/client-assertion.ts";
import { signatureAlgorithmNames } from "../../jwt/jwk-algorithm.ts";
import { parseAbsoluteUrl } from "../../protocol/secure-url.ts";
import type { MtlsEndpointAliases, ServerMetadata } from "../../protocol/server-metadata.ts";
import { formatServerMetadata, metadataUrl } from "../../protocol/server-metadata.ts";
import type { ServerPolicy } from "../configuration.ts";
import { securityProfileRules } from "../security-profile.ts";
import type { PublicDocument } from "./public-document.ts";
import { clientCredentialsGrant } from "./token-endpoint.ts";

/** The metadata: made from the very policy and keys that the endpoints obey, so that it cannot promise what they refuse. */
export const metadataDocument: PublicDocument = {
  mediaType: "application/json",
  write: async ({ policy, keyRing }) => {
    const { accessTokenAlgorithms } = securityProfileRules(policy.profile);
    const signing = await keyRing.signingAlgorithms();
    return formatServerMetadata({
      ...serverMetadata(policy),
      introspectionSigningAlgValuesSupported: signing.filter((algorithm) =>
        accessTokenAlgorithms.includes(algorithm),
      ),
    });
  },
};

/** Returns the paths at which the metadata is served: at the root, and where the issuer's own path puts it. */
export function metadataPaths(issuer: string): readonly string[] {
  const inserted = parseAbsoluteUrl(metadataUrl(issuer))?.pathname;
  const root = "/.well-known/oauth-authorization-server";
  return inserted === undefined || inserted === root ? [root] : [root, inserted];
}

/**
 * Says what the server can do.
 *
 * `response_types_supported` is left out unless it is configured: there is no authorization endpoint, and RFC 8414
 * section 3.2 forbids an empty array.
 */
function serverMetadata(policy: ServerPolicy): ServerMetadata {
  const { issuer, paths, clientAuthenticationMethods: methods } = policy;
  const assertionAlgorithms = methods.includes("private_key_jwt")
    ? signatureAlgorithmNames(clientAssertionAlgorithms)
    : [];
  const origin = parseAbsoluteUrl(issuer)?.origin ?? issuer;
  return {
    issuer,
    tokenEndpoint: origin + paths.token,
    jwksUri: origin + paths.jwks,
    introspectionEndpoint: origin + paths.introspection,
    revocationEndpoint: origin + paths.revocation,
    scopesSupported: [...new Set(policy.resources.flatMap(({ scopes }) => scopes))],
    responseTypesSupported: policy.responseTypesSupported,
    grantTypesSupported: [clientCredentialsGrant],
    tokenEndpointAuthMethodsSupported: methods,
    introspectionEndpointAuthMethodsSupported: methods,
    revocationEndpointAuthMethodsSupported: methods,
    tokenEndpointAuthSigningAlgValuesSupported: assertionAlgorithms,
    introspectionEndpointAuthSigningAlgValuesSupported: assertionAlgorithms,
    revocationEndpointAuthSigningAlgValuesSupported: assertionAlgorithms,
    dpopSigningAlgValuesSupported: policy.dpop && signatureAlgorithmNames(policy.dpop.algorithms),
    tlsClientCertificateBoundAccessTokens: policy.mutualTls && true,
    mtlsEndpointAliases: endpointAliases(policy),
    serviceDocumentation: policy.serviceDocumentation,
  };
}

/** Where clients with certificates find the endpoints, when that is elsewhere (RFC 8705 section 5). */
function endpointAliases({ mutualTls, paths }: ServerPolicy): MtlsEndpointAliases | undefined {
  const origin = mutualTls?.endpointOrigin;
  if (origin === undefined) return undefined;
  return {
    tokenEndpoint: origin + paths.token,
    introspectionEndpoint: origin + paths.introspection,
    revocationEndpoint: origin + paths.revocation,
  };
}
