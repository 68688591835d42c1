/**
 * What options are called: a misspelt one is an error and not a default, for those too whom no compiler tells.
 *
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";

import { findSimilarName } from "../spelling/similar-name.ts";
import type {
  SandboxClientConfiguration,
  SandboxClientSecret,
  SandboxOptions,
} from "./configuration.ts";

/** The names of all members of a type: the compiler sees to it that none is missing. */
export type MemberNames<Options> = Readonly<Record<keyof Options, true>>;

const options: MemberNames<Required<SandboxOptions>> = {
  issuer: true,
  clients: true,
  resources: true,
  accessTokenLifetimeSeconds: true,
  accessTokenAlgorithm: true,
  additionalAlgorithms: true,
  signingKeys: true,
  limits: true,
  clientAuthenticationMethods: true,
  dpop: true,
  clientKeySets: true,
  documentMaxAgeSeconds: true,
  keyRotation: true,
  maxBodyBytes: true,
  responseTypesSupported: true,
  serviceDocumentation: true,
  allowInsecureHttp: true,
  allowNetwork: true,
  allowedHosts: true,
  tls: true,
  clientCertificateHeader: true,
  mtlsEndpointOrigin: true,
  profile: true,
  trustedProxies: true,
  faults: true,
  seed: true,
  clock: true,
  adminToken: true,
  adminPrefix: true,
  namespaces: true,
  dangerouslyAllowProduction: true,
  journal: true,
  audit: true,
  onAuditFailure: true,
};

const clientMembers: MemberNames<Required<SandboxClientConfiguration>> = {
  id: true,
  description: true,
  tokenEndpointAuthMethod: true,
  secret: true,
  secrets: true,
  jwks: true,
  jwksUri: true,
  privateJwk: true,
  enabled: true,
  grantTypes: true,
  scope: true,
  defaultScope: true,
  mayIntrospect: true,
  audiences: true,
  accessTokenLifetimeSeconds: true,
  accessTokenAlgorithm: true,
  introspectionSignedResponseAlgorithm: true,
  dpopBoundAccessTokens: true,
  dpopNonceRequired: true,
  tlsClientAuthSubjectDn: true,
  tlsClientAuthSanDns: true,
  tlsClientAuthSanUri: true,
  tlsClientAuthSanIp: true,
  tlsClientAuthSanEmail: true,
  tlsClientCertificateBoundAccessTokens: true,
  tokenLimit: true,
};

const secretMembers: MemberNames<Required<SandboxClientSecret>> = {
  secret: true,
  secretDigest: true,
  notBefore: true,
  expiresAt: true,
  expiresInSeconds: true,
};

const methods: MemberNames<Record<SandboxClientConfiguration["tokenEndpointAuthMethod"], unknown>> =
  {
    client_secret_basic: true,
    client_secret_post: true,
    private_key_jwt: true,
    tls_client_auth: true,
    self_signed_tls_client_auth: true,
    none: true,
  };

/**
 * Checks that all members have names that there are; `place` is what messages call the whole, or empty.
 *
 * @throws {@link ConfigurationError} that names the first that has not, and the one that was probably meant
 */
export function checkMembers(
  value: object,
  names: Readonly<Record<string, true>>,
  place: string,
): void {
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || Object.hasOwn(names, name)) continue;
    const known = Object.keys(names);
    const similar = findSimilarName(name, known);
    const option = place === "" ? name : `${place}.${name}`;
    const remedy =
      similar === undefined
        ? `there are ${known.join(", ")}`
        : `write ${similar}, if that is meant`;
    throw new ConfigurationError(option, `${option} is unknown: ${remedy}`);
  }
}

/** Checks the names of what a sandbox is told, its clients included. @throws {@link ConfigurationError} */
export function checkOptionNames(given: SandboxOptions): void {
  checkMembers(given, options, "");
  for (const client of given.clients ?? []) checkClientNames(client);
}

/** Checks the names of what a client is told to be, and how it authenticates. @throws {@link ConfigurationError} */
export function checkClientNames(client: SandboxClientConfiguration): void {
  const place = `clients[${JSON.stringify(client.id)}]`;
  checkMembers(client, clientMembers, place);
  for (const [index, secret] of (client.secrets ?? []).entries()) {
    checkMembers(secret, secretMembers, `${place}.secrets[${index}]`);
  }
  const method: unknown = client.tokenEndpointAuthMethod;
  if (typeof method === "string" && Object.hasOwn(methods, method)) return;
  throw new ConfigurationError(
    "tokenEndpointAuthMethod",
    `${place}.tokenEndpointAuthMethod must be one of ${Object.keys(methods).join(", ")}`,
  );
}
