/**
 * The authorization server of the partner API as a sandbox: in a test without a port, or listening.
 *
 * @module
 */

export type {
  SandboxClientConfiguration,
  SandboxClientKeySets,
  SandboxConfiguration,
  SandboxOptions,
} from "./configuration.ts";
export type { ClientCertificateHeader } from "./client-certificate-header.ts";
export { defaultClients } from "./default-clients.ts";
export type { SandboxFetch } from "./fetch-handler.ts";
export type { ListenOptions, Sandbox } from "./sandbox.ts";
export { createSandbox } from "./sandbox.ts";
export type { SandboxClient, SandboxClients, SandboxSecretRotation } from "./sandbox-clients.ts";
export type { SandboxKey, SandboxKeyRotation, SandboxKeys } from "./sandbox-keys.ts";
export type { SandboxTls } from "./tls.ts";
