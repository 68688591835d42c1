import type { Clock, RecordStore } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  ClientRecord,
  ClientRegistration,
  ClientSecretRotation,
  ClientSecretSummary,
  IssuedClientSecret,
  ProtectedResource,
  ServerPolicy,
} from "@credicorp/oauth-core/authorization-server";
import { makeClientSecret, registerClient } from "@credicorp/oauth-core/authorization-server";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, certificateReader, digest } from "@credicorp/oauth-runtime";

import type { SandboxClientConfiguration } from "../configuration/configuration.ts";
import type { Chance } from "../seed/chance.ts";
import { datedSecrets } from "./dated-secrets.ts";

/** One of several secrets of a client, and when it is good, in seconds since the Unix epoch. */
export interface SandboxSecret {
  readonly secret: string;
  readonly notBefore?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** A client and the credential that it can use, for tests and for people. */
export interface SandboxClient {
  readonly id: string;

  /** The first of its secrets, or the one that was made last; empty when it has none, or when the configuration gave digests only. */
  readonly secret: string;

  /** All that the sandbox knows, when there are several. */
  readonly secrets?: readonly SandboxSecret[] | undefined;

  /** What it signs assertions with, when the sandbox knows. */
  readonly privateJwk?: PrivateJwk | undefined;
  readonly tokenEndpointAuthMethod: SandboxClientConfiguration["tokenEndpointAuthMethod"];

  /** All that it may be granted. */
  readonly scope: readonly string[];
  readonly description: string;
}

/** How a secret of a client follows on another; see {@link ClientSecretRotation} for what the members mean. */
export type SandboxSecretRotation = Omit<ClientSecretRotation, "environment">;

/** The clients of a sandbox. */
export interface SandboxClients {
  readonly list: () => readonly SandboxClient[];

  /** @throws {@link ConfigurationError} when there is no such client. */
  readonly get: (id: string) => SandboxClient;

  /** Adds a client, or replaces the one with its id; a missing secret or key is made. */
  readonly create: (configuration: SandboxClientConfiguration) => Promise<SandboxClient>;

  /**
   * Gives a client a new secret, which `get` answers from then on if it is good at once; the older ones stay good for
   * the overlap.
   *
   * @throws {@link ConfigurationError} when the client has no secrets, or too many
   */
  readonly rotateSecret: (
    id: string,
    rotation: SandboxSecretRotation,
  ) => Promise<IssuedClientSecret>;

  /** Ends a secret at once. @throws {@link ConfigurationError} when the client has no secret of this id. */
  readonly revokeSecret: (id: string, secretId: string) => Promise<void>;

  /** Lists the secrets of a client: when each is good, when it was used, and nothing to use it by. */
  readonly secrets: (id: string) => Promise<readonly ClientSecretSummary[]>;
}

/** The clients as the sandbox itself handles them. */
export interface SandboxClientStore extends Pick<SandboxClients, "list" | "get" | "create"> {
  readonly has: (id: string) => boolean;

  /** Forgets a client; its tokens live on. */
  readonly remove: (id: string) => Promise<void>;

  /** Replaces what is shown of a client. */
  readonly remember: (client: SandboxClient) => void;
}

/** Makes the clients' side of a sandbox over a record store, which gets digests only. */
export function createSandboxClients(
  records: RecordStore<ClientRecord>,
  options: {
    /** The policy of the server: a client that it could not serve is refused. */
    readonly policy: Pick<ServerPolicy, "resources" | "mutualTls" | "profile">;

    /** Where keys may be fetched from; absent: from nowhere. */
    readonly allowedKeyHosts: readonly string[] | undefined;

    /** From whose time on secrets count the seconds that they have. */
    readonly clock: Pick<Clock, "now">;

    /** Makes the secrets and keys that no configuration has. */
    readonly chance: Chance;
  },
): SandboxClientStore {
  const { policy, allowedKeyHosts: allowedHosts = [], clock, chance } = options;
  const { signatureEngine } = chance;
  const clients = new Map<string, SandboxClient>();
  const remember = (client: SandboxClient): void => void clients.set(client.id, client);
  return {
    remember,
    has: (id) => clients.has(id),
    remove: async (id) => {
      await replaceRecord(records, id, undefined);
      clients.delete(id);
    },
    list: () => [...clients.values()],
    get: (id) => {
      const client = clients.get(id);
      if (client !== undefined) return client;
      const known = [...clients.keys()].join(", ");
      throw new ConfigurationError("clients", `There is no client ${id}; there are: ${known}`);
    },
    create: async (configuration) => {
      const complete = await withCredential(configuration, chance);
      const { description = "", privateJwk, jwksUri, ...registration } = complete;
      const secrets = datedSecrets(complete, clock.now());
      const record = await registerClient(
        withPublicKey({ ...registration, secrets }, privateJwk),
        { bytes, digest, signatureEngine, certificateReader },
        { policy, remoteKeys: jwksUri === undefined ? undefined : { jwksUri, allowedHosts } },
      );
      checkScope(record, policy.resources);
      await replaceRecord(records, record.id, record);
      const known = (secrets ?? []).flatMap(({ secret, notBefore, expiresAt }) =>
        secret === undefined ? [] : [{ secret, notBefore, expiresAt }],
      );
      const client: SandboxClient = {
        id: record.id,
        secret: registration.secret ?? known[0]?.secret ?? "",
        ...(known.length > 1 && { secrets: known }),
        ...(privateJwk !== undefined && { privateJwk }),
        tokenEndpointAuthMethod: registration.tokenEndpointAuthMethod,
        scope: record.scope,
        description,
      };
      remember(client);
      return client;
    },
  };
}

/** Each client has an id of its own. @throws {@link ConfigurationError} */
export function checkDistinct(ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated === undefined) return;
  throw new ConfigurationError(
    "clients",
    `clients has ${JSON.stringify(repeated)} twice: give each client an id of its own`,
  );
}

/** A scope that no resource defines could never be granted. */
function checkScope({ id, scope }: ClientRecord, resources: readonly ProtectedResource[]): void {
  const unknown = scope.find((token) => !resources.some(({ scopes }) => scopes.includes(token)));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    "scope",
    `clients[${JSON.stringify(id)}].scope has ${unknown}, which no resource defines: add it to resources[].scopes`,
  );
}

/** Tries again when a request wrote the date of a secret's last use meanwhile. */
async function replaceRecord(
  records: RecordStore<ClientRecord>,
  id: string,
  record: ClientRecord | undefined,
): Promise<void> {
  for (;;) {
    const previous = await records.get(id);
    if (await records.compareAndSet(id, previous?.version ?? 0, record)) return;
  }
}

/** Registers the public half of a private key, beside the keys that are registered anyway. */
function withPublicKey(
  registration: ClientRegistration,
  privateJwk: PrivateJwk | undefined,
): ClientRegistration {
  if (privateJwk === undefined) return registration;
  // What a private key may do (`key_ops`) is not what its public half may.
  const { key_ops: _operations, ...jwk } = privateJwk;
  return {
    ...registration,
    jwks: { keys: [...(registration.jwks?.keys ?? []), toPublicJwk(jwk)] },
  };
}

/** Makes the secret or the key that a client needs and was not given. */
export async function withCredential(
  configuration: SandboxClientConfiguration,
  { random, signatureEngine }: Chance,
): Promise<SandboxClientConfiguration> {
  const { tokenEndpointAuthMethod, secret, secrets, jwks, jwksUri, privateJwk } = configuration;
  if (tokenEndpointAuthMethod === "private_key_jwt" && !jwks && !jwksUri && !privateJwk) {
    return {
      ...configuration,
      privateJwk: await makePrivateJwk(configuration.id, signatureEngine),
    };
  }
  const needsOne =
    tokenEndpointAuthMethod.startsWith("client_secret") && secret === undefined && !secrets?.length;
  if (!needsOne) return configuration;
  return {
    ...configuration,
    secret: await makeClientSecret("sandbox", { random, bytes, digest }),
  };
}

async function makePrivateJwk(
  id: string,
  signatureEngine: Chance["signatureEngine"],
): Promise<PrivateJwk> {
  const jwk = await signatureEngine.generateKeyPair("ES256");
  return { ...jwk, kid: `${id}-1`, use: "sig" };
}
