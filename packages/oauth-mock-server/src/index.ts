/**
 * The authorization server of the partner API as a sandbox: in a test without a port, or listening.
 *
 * @module
 */

export type { Duration } from "./clock/duration.ts";
export type { Instant } from "./clock/instant.ts";
export type { SandboxClock, SandboxClockState } from "./clock/sandbox-clock.ts";
export type { SandboxClientChanges } from "./configuration/client-changes.ts";
export type { NamespaceBounds } from "./namespaces/namespaces.ts";
export type {
  SandboxClientConfiguration,
  SandboxClientKeySets,
  SandboxClientSecret,
  SandboxConfiguration,
  SandboxOptions,
} from "./configuration/configuration.ts";
export type { AnswerFault, RetryAfterForm } from "./faults/answer-faults.ts";
export type { ClockFault } from "./faults/clock-faults.ts";
export type { DocumentFault } from "./faults/document-faults.ts";
export type {
  Fault,
  FaultConditions,
  FaultEndpoint,
  FaultName,
  FaultRule,
} from "./faults/fault.ts";
export type { FaultHandle, SandboxFaults } from "./faults/fault-rules.ts";
export type { KeySetFault } from "./faults/key-set-faults.ts";
export type { FaultStatus } from "./faults/live-rule.ts";
export type { TokenFault } from "./faults/token-faults.ts";
export type { ExpiresInForm, TokenResponseFault } from "./faults/token-response-faults.ts";
export type { ConnectionFault, TimingFault } from "./faults/transport-faults.ts";
export type { ClientCertificateHeader } from "./http/client-certificate-header.ts";
export type {
  TestCertificate,
  TestCertificateOptions,
  TestCertificates,
} from "./certificates/test-certificates.ts";
export { createTestCertificates } from "./certificates/test-certificates.ts";
export { defaultClients, mutualTlsClient } from "./configuration/default-clients.ts";
export type { SandboxFetch, SandboxRequestInit } from "./http/fetch-handler.ts";
export type { Delivery, SandboxHandler, SandboxResponse } from "./http/sandbox-response.ts";
export type { StartLine } from "./command/start-line.ts";
export type { CertificateFiles } from "./command/tls-files.ts";
export type { Reconfiguration } from "./sandbox/reconfiguration.ts";
export type { CloseOptions, ListenOptions } from "./sandbox/sandbox-listener.ts";
export type {
  SandboxNamespace,
  SandboxNamespaceOptions,
  SandboxNamespaces,
} from "./sandbox/sandbox-namespaces.ts";
export type { SandboxSpace } from "./sandbox/sandbox-space.ts";
export type { Sandbox } from "./sandbox/sandbox.ts";
export { createSandbox } from "./sandbox/sandbox.ts";
export type { SandboxEndpoint } from "./http/sandbox-paths.ts";
export type { Explanation } from "./explanations/explanation.ts";
export { formatExplanation } from "./explanations/format-explanation.ts";
export type { SandboxExplanations } from "./explanations/sandbox-explanations.ts";
export type { Har, HarEntry, HarField } from "./journal/har.ts";
export type { JournalBounds } from "./journal/journal-bounds.ts";
export type {
  DecisionEntry,
  JournalEntry,
  JournalRequest,
  JournalResponse,
  RequestEntry,
} from "./journal/journal-entry.ts";
export type { RequestFilter } from "./journal/request-filter.ts";
export type { SandboxRequests } from "./journal/sandbox-requests.ts";
export type { WaitOptions } from "./journal/waiting.ts";
export type {
  SandboxClient,
  SandboxClients,
  SandboxSecret,
  SandboxSecretRotation,
} from "./sandbox/sandbox-clients.ts";
export type { SandboxKey, SandboxKeyRotation, SandboxKeys } from "./sandbox/sandbox-keys.ts";
export type { TokenOptions } from "./tokens/issue-token.ts";
export type { TokenDefect } from "./tokens/token-defects.ts";
export { tokenDefects } from "./tokens/token-defects.ts";
export type { SandboxTls } from "./http/tls.ts";
export type {
  ClockSkewOptions,
  OutageOptions,
  ScenarioBounds,
  ThrottleOptions,
} from "./scenarios/fault-scenarios.ts";
export type {
  KeyRotationScenarioOptions,
  KeyRotationScenario,
  SecretRotationScenarioOptions,
  SecretRotationScenario,
} from "./scenarios/rotation-scenarios.ts";
export type { SandboxScenarios } from "./scenarios/sandbox-scenarios.ts";
export type { Scenario } from "./scenarios/scenario.ts";
