/**
 * The secrets of a registered client over time: one follows another with an overlap, and one that leaked ends at once.
 *
 * @module
 */

import { ConfigurationError } from "../../errors.ts";
import type { Bytes, Clock, Digest, Random, RecordStore } from "../../ports.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { ClientRecord, ClientSecret } from "./client-record.ts";
import { makeClientSecret } from "./client-secret.ts";

/** A secret as operators see it. The times are seconds since the Unix epoch. */
export interface ClientSecretSummary {
  /** The beginning of its digest: names the secret, and reveals nothing that would help to guess it. */
  readonly id: string;
  readonly notBefore?: number | undefined;
  readonly expiresAt?: number | undefined;

  /** Right to a minute. */
  readonly lastUsedAt?: number | undefined;
}

/** A secret that was just made; nobody can read it again. */
export interface IssuedClientSecret extends ClientSecretSummary {
  readonly secret: string;
}

/** How a secret follows on another. */
export interface ClientSecretRotation {
  /** Where the secret is for, such as `live` or `sandbox`: lower-case letters, a part of the secret itself. */
  readonly environment: string;

  /** How long the older secrets stay good beside the new one, in seconds from when it is good. */
  readonly overlapSeconds: number;

  /** From when on the new secret is good (epoch seconds). @defaultValue at once */
  readonly notBefore?: number | undefined;
}

/** Why nothing was changed. */
export type ClientSecretFailure =
  | "client_unknown"
  /** The client does not authenticate by a secret. */
  | "client_without_secret"
  | "secret_unknown"
  /** Wait until one has expired, or revoke one. */
  | "too_many_secrets";

/** What the secrets of clients are changed with. */
export interface ClientSecretPorts {
  readonly clients: RecordStore<ClientRecord>;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly bytes: Bytes;
  readonly digest: Digest;
}

/** Each one costs a comparison at every authentication of the client. */
const maxClientSecrets = 8;

const idLength = 8;

/** Describes a secret without revealing it. */
export function describeClientSecret(secret: ClientSecret): ClientSecretSummary {
  const { digest, notBefore, expiresAt, lastUsedAt } = secret;
  return { id: digest.slice(0, idLength), notBefore, expiresAt, lastUsedAt };
}

/**
 * Gives a client a new secret, and every older one an end.
 *
 * @throws {@link ConfigurationError} for a rotation that is malformed
 */
export async function rotateClientSecret(
  { clientId, rotation }: { readonly clientId: string; readonly rotation: ClientSecretRotation },
  ports: ClientSecretPorts,
): Promise<Result<IssuedClientSecret, ClientSecretFailure>> {
  checkRotation(rotation);
  const { environment, overlapSeconds, notBefore } = rotation;
  const { bytes, clock, digest } = ports;
  const secret = await makeClientSecret(environment, ports);
  const hash = await digest.sha256(bytes.encodeUtf8(secret));
  const next: ClientSecret = { digest: bytes.encodeBase64url(hash), notBefore };

  const changed = await changeSecrets(clientId, ports, (secrets) => {
    const now = clock.now();
    const end = Math.max(now, notBefore ?? now) + overlapSeconds;
    const older = secrets.map((other) => {
      const expiresAt = Math.min(other.expiresAt ?? Infinity, end);
      return { ...other, expiresAt };
    });
    const kept = dropExpired(older, now);
    return kept.length < maxClientSecrets ? ok([...kept, next]) : failed("too_many_secrets");
  });
  return changed.ok ? ok({ ...describeClientSecret(next), secret }) : changed;
}

/** Ends a secret at once, because it may be in wrong hands. It leaves the record: no clock that is set back revives it. */
export async function revokeClientSecret(
  { clientId, secretId }: { readonly clientId: string; readonly secretId: string },
  ports: Pick<ClientSecretPorts, "clients">,
): Promise<Result<ClientSecretSummary, ClientSecretFailure>> {
  let revoked: ClientSecretSummary | undefined;
  const changed = await changeSecrets(clientId, ports, (secrets) => {
    revoked = secrets.map(describeClientSecret).find(({ id }) => id === secretId);
    return revoked === undefined
      ? failed("secret_unknown")
      : ok(secrets.filter((secret) => describeClientSecret(secret).id !== secretId));
  });
  if (!changed.ok) return changed;
  return revoked === undefined ? failed("secret_unknown") : ok(revoked);
}

/** Tries again when a request wrote the date of a last use meanwhile, or another operator was quicker. */
async function changeSecrets(
  clientId: string,
  { clients }: Pick<ClientSecretPorts, "clients">,
  change: (
    secrets: readonly ClientSecret[],
  ) => Result<readonly ClientSecret[], ClientSecretFailure>,
): Promise<Result<undefined, ClientSecretFailure>> {
  for (;;) {
    const row = await clients.get(clientId);
    if (row === undefined) return failed("client_unknown");
    const { value, version } = row;
    if (!value.authenticationMethod.startsWith("client_secret")) {
      return failed("client_without_secret");
    }
    const secrets = change(value.secrets);
    if (!secrets.ok) return secrets;
    if (await clients.compareAndSet(clientId, version, { ...value, secrets: secrets.value })) {
      return ok(undefined);
    }
  }
}

/** Expired secrets stay for as long as there is room: the audit can then tell an old secret from a wrong one. */
function dropExpired(secrets: readonly ClientSecret[], now: number): readonly ClientSecret[] {
  const excess = secrets.length - (maxClientSecrets - 1);
  if (excess <= 0) return secrets;
  const expired = secrets
    .filter(({ expiresAt = Infinity }) => expiresAt <= now)
    .toSorted((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
  const dropped = new Set(expired.slice(0, excess));
  return secrets.filter((secret) => !dropped.has(secret));
}

function checkRotation({ environment, overlapSeconds, notBefore }: ClientSecretRotation): void {
  if (!/^[a-z]+$/.test(environment)) {
    throw new ConfigurationError("environment", "environment must be lower-case letters");
  }
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0) {
    throw new ConfigurationError(
      "overlapSeconds",
      "overlapSeconds must be a whole number of seconds, 0 or more",
    );
  }
  if (notBefore !== undefined && !Number.isFinite(notBefore)) {
    throw new ConfigurationError("notBefore", "notBefore must be in seconds since the Unix epoch");
  }
}
