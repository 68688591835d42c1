/**
 * The authorization server of the client-credentials grant, and the memory that serves a single process.
 *
 * @module
 */

export type * from "./audit-event.ts";
export * from "./audit-trail.ts";
export * from "./authorization-server.ts";
export type { ClientKeySetOptions, ClientKeySetPolicy } from "./clients/client-key-set-policy.ts";
export type { ClientJwk, ClientJwks } from "./clients/client-keys.ts";
export type * from "./clients/client-record.ts";
export type * from "./clients/client-secret-operations.ts";
export * from "./clients/client-secret.ts";
export type {
  ClientSecretFailure,
  ClientSecretRotation,
  ClientSecretSummary,
  IssuedClientSecret,
} from "./clients/client-secrets.ts";
export * from "./clients/register-client.ts";
export * from "./configuration.ts";
export type { DpopAlgorithm, DpopOptions, DpopPolicy } from "../dpop/dpop-policy.ts";
export * from "./format-audit-event.ts";
export type * from "./keys/key-operations.ts";
export type { KeyPlan, KeySchedule, KeyTask } from "./keys/key-plan.ts";
export { planKeys } from "./keys/key-plan.ts";
export * from "./keys/key-record.ts";
export type { KeyRotationOptions, KeyRotationPolicy } from "./keys/key-rotation-options.ts";
export type { KeySuccessionPorts } from "./keys/key-succession.ts";
export * from "./keys/maintain-keys.ts";
export type { KeyRevocation } from "./keys/revoke-key.ts";
export type { KeyRotation, KeyRotationPorts } from "./keys/rotate-key.ts";
export { rotateKey } from "./keys/rotate-key.ts";
export * from "./limits/address-block.ts";
export * from "./limits/gcra.ts";
export * from "./memory/memory-rate-limiter.ts";
export * from "./memory/memory-record-store.ts";
export * from "../stores/memory-replay-store.ts";
export * from "./memory/memory-revocation-feed.ts";
export type { CertificateSubject } from "./mutual-tls/certificate-subject.ts";
export type { MutualTlsOptions, MutualTlsPolicy } from "./mutual-tls/mutual-tls-policy.ts";
export type { RefusalReason } from "./refusal.ts";
export { checkLifetime, checkLimit, isResourceIndicator } from "./resolve-configuration.ts";
export type { SecurityProfile } from "./security-profile.ts";
export type { AuthorizationServerPorts } from "./server-context.ts";
export * from "./tokens/grant-scope.ts";
