import type { SandboxClientConfiguration } from "./configuration.ts";

type Changeable = Pick<
  SandboxClientConfiguration,
  | "description"
  | "enabled"
  | "grantTypes"
  | "scope"
  | "defaultScope"
  | "mayIntrospect"
  | "audiences"
  | "accessTokenLifetimeSeconds"
  | "accessTokenAlgorithm"
  | "introspectionSignedResponseAlgorithm"
  | "dpopBoundAccessTokens"
  | "dpopNonceRequired"
  | "tlsClientCertificateBoundAccessTokens"
  | "tokenLimit"
>;

/** What of a client is to be otherwise; `null` goes back to the default, and what is absent stays. */
export type SandboxClientChanges = {
  readonly [Name in keyof Changeable]?: Changeable[Name] | null;
};
