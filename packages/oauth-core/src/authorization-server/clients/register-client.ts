/**
 * From what a configuration says of a client to the record that is kept of it.
 *
 * @module
 */

import { ConfigurationError } from "../../errors.ts";
import type { Bytes, CertificateReader, Digest } from "../../ports.ts";
import type { SignatureEngine } from "../../signature-engine.ts";
import { isScopeToken } from "../../protocol/scope.ts";
import type { Overrides, ServerPolicy } from "../configuration.ts";
import { readCertificates } from "../mutual-tls/registered-certificates.ts";
import { checkLifetime, checkLimit } from "../resolve-configuration.ts";
import { isAllowedKeySetUrl } from "./client-key-set-policy.ts";
import { checkClientJwks } from "./client-keys.ts";
import type { ClientRecord, ClientSecret } from "./client-record.ts";
import { clientSecretWeakness } from "./client-secret.ts";
import { policyFault, senderConstraintFault } from "./registration-faults.ts";

/** A secret as configured: the secret itself, or the SHA-256 of it in base64url, and when it is live (epoch seconds). */
export interface SecretRegistration {
  readonly secret?: string | undefined;
  readonly secretDigest?: string | undefined;
  readonly notBefore?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** A client as configured; see {@link ClientRecord} for what the members mean. */
export interface ClientRegistration extends Overrides<
  Omit<ClientRecord, "id" | "authenticationMethod" | "secrets" | "jwksUri" | "tlsCertificates">
> {
  readonly id: string;

  /** Named as in RFC 7591. */
  readonly tokenEndpointAuthMethod: ClientRecord["authenticationMethod"];

  /** Short for one secret that is always live. */
  readonly secret?: string | undefined;
  readonly secrets?: readonly SecretRegistration[] | undefined;
}

/**
 * A client's keys elsewhere.
 *
 * It decides whom the server connects to, so it is no part of a {@link ClientRegistration}: nothing but the operator's
 * own configuration may fill it in, and no interface for registration.
 */
export interface RemoteKeysRegistration {
  /** An https URL without user information. */
  readonly jwksUri: string;

  /** Those of the server's `clientKeySets`. */
  readonly allowedHosts: readonly string[];
}

// Longer ones would be cut in the keys of budgets; no control characters and no colon-less Basic to guess about.
const clientId = /^[\x21-\x39\x3b-\x7e]{1,128}$/;

/** What registration needs from outside. */
export interface RegistrationPorts {
  readonly bytes: Bytes;
  readonly digest: Digest;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey">;

  /** Needed for `self_signed_tls_client_auth` alone. */
  readonly certificateReader?: CertificateReader | undefined;
}

/** What a client is registered for. */
export interface RegistrationOptions {
  /** Its keys, when they are elsewhere. */
  readonly remoteKeys?: RemoteKeysRegistration | undefined;

  /** The policy of the server. @defaultValue absent: what the server cannot do is found out by the client's requests */
  readonly policy?: Pick<ServerPolicy, "mutualTls" | "profile"> | undefined;
}

/** Makes the record, secrets as digests. @throws {@link ConfigurationError} that names the member and the remedy. */
export async function registerClient(
  registration: ClientRegistration,
  ports: RegistrationPorts,
  options: RegistrationOptions = {},
): Promise<ClientRecord> {
  const { id, tokenEndpointAuthMethod, secret, secrets = [], jwks, ...members } = registration;
  const { remoteKeys } = options;
  if (!clientId.test(id)) {
    throw invalid(
      id,
      "id",
      "must be 1 to 128 characters of printable ASCII without space or colon",
    );
  }
  const all = secret === undefined ? secrets : [{ secret }, ...secrets];
  if (tokenEndpointAuthMethod.startsWith("client_secret") && all.length === 0) {
    throw invalid(id, "secrets", `must not be empty: ${tokenEndpointAuthMethod} needs a secret`);
  }
  if (Object.hasOwn(members, "jwksUri")) {
    throw invalid(id, "jwksUri", "may only be set by the configuration of the server itself");
  }
  if (remoteKeys !== undefined) checkRemoteKeys(registration, remoteKeys);
  else if (tokenEndpointAuthMethod === "private_key_jwt" && !jwks?.keys.length) {
    throw invalid(id, "jwks", `must not be empty: ${tokenEndpointAuthMethod} needs a public key`);
  }
  const fault = senderConstraintFault(registration) ?? policyFault(registration, options.policy);
  if (fault !== undefined) throw invalid(id, fault.member, fault.rule);
  const record: ClientRecord = {
    ...members,
    ...(await registerKeys(registration, ports)),
    ...(remoteKeys !== undefined && { jwksUri: remoteKeys.jwksUri }),
    id,
    authenticationMethod: tokenEndpointAuthMethod,
    secrets: await Promise.all(all.map((entry) => registerSecret(id, entry, ports))),
    enabled: members.enabled ?? true,
    grantTypes: members.grantTypes ?? ["client_credentials"],
    scope: members.scope ?? [],
    mayIntrospect: members.mayIntrospect ?? false,
  };
  checkScopes(record);
  checkLifetime(placeOf(id, "accessTokenLifetimeSeconds"), record.accessTokenLifetimeSeconds);
  checkLimit(placeOf(id, "tokenLimit"), record.tokenLimit);
  return record;
}

function checkRemoteKeys(
  { id, tokenEndpointAuthMethod, jwks }: ClientRegistration,
  remoteKeys: RemoteKeysRegistration,
): void {
  if (tokenEndpointAuthMethod !== "private_key_jwt") {
    throw invalid(id, "jwksUri", `is for private_key_jwt, not for ${tokenEndpointAuthMethod}`);
  }
  if (jwks !== undefined) throw invalid(id, "jwksUri", "must not be there beside jwks");
  if (!isAllowedKeySetUrl(remoteKeys.jwksUri, remoteKeys)) {
    throw invalid(
      id,
      "jwksUri",
      "must be an https URL without user information, on a host of clientKeySets.allowedHosts",
    );
  }
}

/** The keys of a client that signs, or the certificates of one that shows them. */
async function registerKeys(
  { id, jwks, tokenEndpointAuthMethod }: ClientRegistration,
  ports: RegistrationPorts,
): Promise<Pick<ClientRecord, "jwks" | "tlsCertificates">> {
  if (tokenEndpointAuthMethod === "self_signed_tls_client_auth") {
    const certificates = await readCertificates(jwks, ports);
    if (certificates.ok) return { tlsCertificates: certificates.value };
    throw invalid(id, certificates.failure.member, certificates.failure.rule);
  }
  if (jwks === undefined) return {};
  const checked = await checkClientJwks(jwks, ports.signatureEngine);
  if (checked.ok) return { jwks: checked.value };
  throw invalid(id, checked.failure.member, checked.failure.rule);
}

async function registerSecret(
  id: string,
  registration: SecretRegistration,
  ports: { readonly bytes: Bytes; readonly digest: Digest },
): Promise<ClientSecret> {
  const { secret, secretDigest, notBefore, expiresAt } = registration;
  if ((secret === undefined) === (secretDigest === undefined)) {
    throw invalid(id, "secrets", "must each have either secret or secretDigest");
  }
  if (secretDigest !== undefined) {
    if (ports.bytes.decodeBase64url(secretDigest)?.length !== 32) {
      throw invalid(id, "secretDigest", "must be a SHA-256 in base64url, 43 characters");
    }
    return { digest: secretDigest, notBefore, expiresAt };
  }
  const weakness = clientSecretWeakness(secret ?? "");
  if (weakness !== undefined) throw invalid(id, "secret", weakness);
  const hash = await ports.digest.sha256(ports.bytes.encodeUtf8(secret ?? ""));
  return { digest: ports.bytes.encodeBase64url(hash), notBefore, expiresAt };
}

function checkScopes({ id, scope, defaultScope = [] }: ClientRecord): void {
  const malformed = scope.findIndex((token) => !isScopeToken(token));
  if (malformed !== -1) {
    throw invalid(id, `scope[${malformed}]`, "must be one scope token (RFC 6749 section 3.3)");
  }
  if (!defaultScope.every((token) => scope.includes(token))) {
    throw invalid(id, "defaultScope", "must be a part of scope");
  }
}

function invalid(id: string, member: string, rule: string): ConfigurationError {
  const place = placeOf(id, member);
  return new ConfigurationError(place, `${place} ${rule}`);
}

function placeOf(id: string, member: string): string {
  return `clients[${JSON.stringify(id.slice(0, 128))}].${member}`;
}
