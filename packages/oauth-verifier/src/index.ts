/**
 * Verifies the access tokens of the partner API in a resource server.
 *
 * @module
 */

export type { HeaderList, Revocation, RevocationFeed, ServerResponse } from "@credicorp/oauth-core";
export { ConfigurationError, isOAuthError } from "@credicorp/oauth-core";
export type { AccessTokenClaims } from "@credicorp/oauth-core/jwt";
export type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
export type { KeySetHealth } from "@credicorp/oauth-core/key-set";
export type {
  ClaimsWith,
  DpopResourceOptions,
  GrantedBy,
  IntrospectionCredentials,
  IntrospectionHealth,
  Outcome,
  PolicyTrialResult,
  Principal,
  PrincipalClaims,
  RejectedOutcome,
  TokenCheck,
  TokenExplanation,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
export { formatExplanation, requireScope } from "@credicorp/oauth-core/resource-server";
export type { ClaimsOf } from "./claims/claims-schema.ts";
export type { StandardSchema } from "./claims/standard-schema.ts";
export type { IntrospectionCall, IntrospectionOptions } from "./options/introspection-options.ts";
export type { RevocationHealth } from "./revocations/followed-revocations.ts";
export type { Answered, Guard, Passage, Passed } from "./adapters/guard.ts";
export { createGuard } from "./adapters/guard.ts";
export type {
  OpenApiSecurity,
  OpenApiSecurityOptions,
  OpenApiSecurityRequirement,
  OpenApiSecuritySchemes,
} from "./open-api.ts";
export { openApiSecurity } from "./open-api.ts";
export type { ResourceOptions } from "./options/resource-options.ts";
export type { RevocationOptions } from "./options/revocation-options.ts";
export type { IssuerOptions } from "./options/issuer-options.ts";
export type { TokenBindings } from "./describe-resource.ts";
export type { RequestRequirement, VerifiableRequest, Verifier } from "./verifier.ts";
export { createVerifier } from "./verifier.ts";
export type { IssuerHealth, VerifierHealth } from "./issuer/verifier-health.ts";
export type {
  AnyVerifierOptions,
  SeveralIssuersOptions,
  SharedOptions,
  VerifierOptions,
} from "./verifier-options.ts";
export type { VerifierPorts } from "./options/verifier-ports.ts";
export type { ExportedKeys, InitialKeysOptions, KeySeal } from "./watching/exported-keys.ts";
export type { ReportOnlyOptions } from "./options/report-only-options.ts";
export type {
  ListenerFailure,
  VerifierEvent,
  VerifierListener,
} from "./watching/verifier-events.ts";
