/**
 * Verifies the access tokens of the partner API in a resource server.
 *
 * @module
 */

export type { HeaderList, Revocation, RevocationFeed, ServerResponse } from "@credicorp/oauth-core";
export { ConfigurationError, isOAuthError } from "@credicorp/oauth-core";
export type { AccessTokenClaims } from "@credicorp/oauth-core/jwt";
export type { KeySetHealth } from "@credicorp/oauth-core/key-set";
export type {
  DpopResourceOptions,
  IntrospectionCredentials,
  IntrospectionHealth,
  Outcome,
  Principal,
  PrincipalClaims,
  RejectedOutcome,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
export { requireScope } from "@credicorp/oauth-core/resource-server";
export type {
  IntrospectionCall,
  IntrospectionOptions,
} from "./introspection/introspection-options.ts";
export type { RevocationHealth } from "./followed-revocations.ts";
export type { RevocationOptions } from "./revocation-options.ts";
export type { IssuerOptions } from "./issuer-options.ts";
export type { RequestRequirement, VerifiableRequest, Verifier } from "./verifier.ts";
export { createVerifier } from "./verifier.ts";
export type { IssuerHealth, VerifierHealth } from "./verifier-health.ts";
export type {
  SeveralIssuersOptions,
  SharedOptions,
  VerifierOptions,
  VerifierPorts,
} from "./verifier-options.ts";
