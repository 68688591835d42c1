/**
 * Calls the partner API with an access token that is obtained, kept and refreshed unseen.
 *
 * @module
 */

export type { Result } from "@credicorp/oauth-core";
export type { AnyOAuthError, Outage } from "@credicorp/oauth-core/errors";
export {
  AbortedError,
  ConfigurationError,
  HttpStatusError,
  isOAuthError,
  NetworkError,
  OAuthError,
  OAuthResponseError,
  ProtocolError,
  TimeoutError,
} from "@credicorp/oauth-core/errors";
export type { IntrospectionResponse, ServerMetadata } from "@credicorp/oauth-core/protocol";
export type {
  AccessToken,
  Lease,
  SharedTokenStore,
  TokenStore,
} from "@credicorp/oauth-core/token-cache";
export type { CallOptions, ServerCalls } from "./endpoints/server-calls.ts";
export type { ClientEvents, Subscribe } from "./events/client-events.ts";
export type { ClientAuthentication } from "./options/client-authentication.ts";
export type {
  ApiRequest,
  ClientConnectionOptions,
  ClientCredentialOptions,
  ClientPorts,
  Fetch,
  OAuthClientOptions,
  SecretAuthenticationMethod,
  SecretSource,
  TokenOptions,
  ViewOptions,
  WaitUntil,
} from "./options/client-options.ts";
export type {
  TelemetryAttributes,
  TelemetryMeter,
  TelemetryOptions,
  TelemetrySpan,
  TelemetryTracer,
} from "./options/telemetry-options.ts";
export type { ClientExplanation } from "./tokens/token-source.ts";
export type { ClientEnvironment } from "./options/client-options-from-env.ts";
export { clientOptionsFromEnv } from "./options/client-options-from-env.ts";
export type { NonceAnswer, ProofOfPossession } from "./options/proof-of-possession.ts";
export type { OAuthClient } from "./oauth-client.ts";
export { createOAuthClient } from "./oauth-client.ts";
export type { ApiAddressee, ClientView } from "./requests/client-view.ts";
export type { ApiAnswer } from "./requests/rejected-token.ts";
export type { AuthorizationHeaders, AuthorizedAttempt } from "./requests/request-authorization.ts";
