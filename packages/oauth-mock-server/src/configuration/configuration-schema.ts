/**
 * The configuration file as a schema: strict, so that a misspelt option is an error and not a default.
 *
 * @module
 */

import { signatureAlgorithms } from "@credicorp/oauth-core/jwt";
import { z } from "zod";

import type { SandboxClientChanges } from "./client-changes.ts";
import type { CommandConfiguration } from "./command-schema.ts";
import { commandSchema } from "./command-schema.ts";
import type { SandboxClientConfiguration, SandboxConfiguration } from "./configuration.ts";
import { faultRuleSchema } from "./fault-rule-schema.ts";

const lastSeed = 2 ** 32 - 1;
const text = z.string().min(1);
const texts = z.array(text);
const seconds = z.number().int().nonnegative();
const lifetimeSeconds = z.number().int().min(1).max(3600);
const rateLimit = z.strictObject({
  limit: z.number().int().positive(),
  windowSeconds: z.number().int().positive(),
});
const budget = rateLimit.nullable();
const algorithm = z.enum(signatureAlgorithms);
const authenticationMethods = [
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
  "tls_client_auth",
  "self_signed_tls_client_auth",
] as const;
const privateJwk = z.looseObject({ kty: text, alg: text, d: text });
const publicJwk = z.looseObject({
  kty: text,
  kid: text.optional(),
  alg: text.optional(),
  x5c: texts.optional(),
});

const secret = z.strictObject({
  secret: text.optional(),
  secretDigest: text.optional(),
  notBefore: seconds.optional(),
  expiresAt: seconds.optional(),
  expiresInSeconds: z.number().int().positive().optional(),
});

const client = z.strictObject({
  id: text,
  description: z.string().optional(),
  tokenEndpointAuthMethod: z.enum([...authenticationMethods, "none"]),
  secret: text.optional(),
  secrets: z.array(secret).optional(),
  jwks: z.looseObject({ keys: z.array(publicJwk) }).optional(),
  jwksUri: text.optional(),
  privateJwk: privateJwk.optional(),
  enabled: z.boolean().optional(),
  grantTypes: texts.optional(),
  scope: texts.optional(),
  defaultScope: texts.optional(),
  mayIntrospect: z.boolean().optional(),
  audiences: texts.optional(),
  accessTokenLifetimeSeconds: lifetimeSeconds.optional(),
  accessTokenAlgorithm: algorithm.optional(),
  introspectionSignedResponseAlgorithm: algorithm.optional(),
  dpopBoundAccessTokens: z.boolean().optional(),
  dpopNonceRequired: z.boolean().optional(),
  tlsClientAuthSubjectDn: text.optional(),
  tlsClientAuthSanDns: text.optional(),
  tlsClientAuthSanUri: text.optional(),
  tlsClientAuthSanIp: text.optional(),
  tlsClientAuthSanEmail: text.optional(),
  tlsClientCertificateBoundAccessTokens: z.boolean().optional(),
  tokenLimit: rateLimit.optional(),
});

const resource = z.strictObject({
  identifier: text,
  scopes: texts,
  accessTokenLifetimeSeconds: lifetimeSeconds.optional(),
});

const dpop = z
  .strictObject({
    algorithms: z.array(z.enum(["ES256", "PS256", "Ed25519"])).min(1),
    proofWindowSeconds: z.number().int().min(10).max(300),
    nonceStepSeconds: z.number().int().min(10).max(3600),
    nonceSecret: z.string().min(32),
  })
  .partial();

const clientKeySets = z.strictObject({
  allowedHosts: texts,
  timeoutMs: z.number().int().min(100).max(10_000).optional(),
  maxLifetimeSeconds: z.number().int().min(60).max(86_400).optional(),
  maxStaleSeconds: z.number().int().min(0).max(86_400).optional(),
  allowPrivateAddresses: z.boolean().optional(),
  trustedCertificates: texts.optional(),
});

/** Where the PEM texts of TLS are, as seen from the configuration file. */
export interface TlsFiles {
  readonly keyFile: string;
  readonly certFile: string;
  readonly clientCertificateAuthorityFiles?: readonly string[] | undefined;
}

const tls: z.ZodType<TlsFiles> = z.strictObject({
  keyFile: text,
  certFile: text,
  clientCertificateAuthorityFiles: texts.optional(),
});

const clientCertificateHeader = z.strictObject({
  name: text,
  format: z.enum(["byte_sequence", "url_encoded_pem"]).optional(),
  isChainVerified: z.boolean().optional(),
});

/** A configuration as a file has it: certificates and keys are in files of their own. */
export interface FileConfiguration extends Omit<SandboxConfiguration, "tls"> {
  readonly $schema?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly command?: CommandConfiguration | undefined;
}

/** What a configuration file may hold. */
export const configurationSchema: z.ZodType<FileConfiguration> = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  command: commandSchema.optional(),
  issuer: text.optional(),
  clients: z.array(client).optional(),
  resources: z.array(resource).optional(),
  accessTokenLifetimeSeconds: lifetimeSeconds.optional(),
  accessTokenAlgorithm: algorithm.optional(),
  additionalAlgorithms: z.array(algorithm).optional(),
  signingKeys: z.array(privateJwk).optional(),
  limits: z
    .strictObject({
      token: budget,
      introspection: budget,
      revocation: budget,
      address: budget,
      failedAuthentication: budget,
    })
    .partial()
    .optional(),
  clientAuthenticationMethods: z.array(z.enum(authenticationMethods)).optional(),
  dpop: dpop.nullable().optional(),
  clientKeySets: clientKeySets.optional(),
  documentMaxAgeSeconds: seconds.optional(),
  keyRotation: z
    .strictObject({ everySeconds: z.number().int().positive(), announceSeconds: seconds })
    .partial()
    .optional(),
  maxBodyBytes: z.number().int().positive().optional(),
  responseTypesSupported: texts.optional(),
  serviceDocumentation: text.optional(),
  allowInsecureHttp: z.boolean().optional(),
  allowNetwork: z.boolean().optional(),
  allowedHosts: texts.optional(),
  trustedProxies: texts.optional(),
  tls: tls.optional(),
  clientCertificateHeader: clientCertificateHeader.optional(),
  mtlsEndpointOrigin: text.optional(),
  profile: z.enum(["fapi2"]).optional(),
  faults: z.array(faultRuleSchema).optional(),
  seed: z.number().int().min(0).max(lastSeed).optional(),
});

/** A client that comes over the admin API: it names no URL that the sandbox would fetch. */
export const clientSchema: z.ZodType<SandboxClientConfiguration> = client.omit({ jwksUri: true });

/** What of a client can be changed; `null` goes back to the default. */
export const clientChangesSchema: z.ZodType<SandboxClientChanges> = changesSchema();

function changesSchema(): z.ZodType<SandboxClientChanges> {
  const { shape } = client.pick({
    description: true,
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
    tlsClientCertificateBoundAccessTokens: true,
    tokenLimit: true,
  });
  const members = Object.entries(shape).map(([name, schema]) => [name, schema.nullable()]);
  return z.strictObject(Object.fromEntries(members) as Record<string, z.ZodType>);
}
