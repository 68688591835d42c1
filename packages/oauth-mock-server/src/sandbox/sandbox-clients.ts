import type { Clock } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  ClientRecord,
  ClientSecretRotation,
  ClientSecretSummary,
  IssuedClientSecret,
  MemoryRecordStore,
  ServerPolicy,
} from "@credicorp/oauth-core/authorization-server";
import { registerClient } from "@credicorp/oauth-core/authorization-server";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { bytes, certificateReader, digest } from "@credicorp/oauth-runtime";

import type { SandboxClientChanges } from "../configuration/client-changes.ts";
import type { SandboxClientConfiguration } from "../configuration/configuration.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { Chance } from "../seed/chance.ts";
import { checkScope } from "./client-checks.ts";
import { withCredential, withPublicKey } from "./client-credential.ts";
import { datedSecrets, knownSecrets } from "./dated-secrets.ts";

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

  /** Changes what a client is and may; its credentials and its tokens stay. @throws {@link ConfigurationError} */
  readonly change: (id: string, changes: SandboxClientChanges) => Promise<SandboxClient>;

  /** Forgets a client; its tokens live on until they expire. @throws {@link ConfigurationError} when there is no such client. */
  readonly delete: (id: string) => Promise<void>;

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
export interface SandboxClientStore extends Pick<
  SandboxClients,
  "list" | "get" | "create" | "change" | "delete"
> {
  readonly has: (id: string) => boolean;

  /** What a client was made from, and has been changed to since. */
  readonly configurationOf: (id: string) => SandboxClientConfiguration | undefined;

  /** Replaces what is shown of a client, and what it was made from if that is given. */
  readonly remember: (client: SandboxClient, configuration?: SandboxClientConfiguration) => void;

  /** Forgets a client, if there is one. */
  readonly forget: (id: string) => void;
}

/** What is known of the clients beside their records: the same to all stores over the same records. */
export interface KnownClients {
  readonly shown: Map<string, SandboxClient>;
  readonly configurations: Map<string, SandboxClientConfiguration>;
}

/**
 * Makes the clients' side of a sandbox over a record store, which gets digests only.
 *
 * Records and what is known beside them change at once, so that nobody meets a client that is there by half.
 */
export function createSandboxClients(
  records: MemoryRecordStore<ClientRecord>,
  options: {
    readonly known: KnownClients;

    /** The policy of the server: a client that it could not serve is refused. */
    readonly policy: Pick<ServerPolicy, "resources" | "mutualTls" | "profile">;

    /** Where keys may be fetched from; absent: from nowhere. */
    readonly allowedKeyHosts: readonly string[] | undefined;

    /** From whose time on secrets count the seconds that they have. */
    readonly clock: Pick<Clock, "now">;

    /** Makes the secrets and keys that no configuration has. */
    readonly chance: Chance;

    /** Hears of all secrets. */
    readonly secrets: KnownSecrets;
  },
): SandboxClientStore {
  const {
    known,
    policy,
    allowedKeyHosts: allowedHosts = [],
    clock,
    chance,
    secrets: allSecrets,
  } = options;
  const { signatureEngine } = chance;
  const { shown: clients, configurations } = known;
  const put = (id: string, record: ClientRecord | undefined): void =>
    void records.compareAndSet(id, records.get(id)?.version ?? 0, record);
  const remember: SandboxClientStore["remember"] = (client, configuration) => {
    clients.set(client.id, client);
    noteSecrets(allSecrets, client, configuration);
    if (configuration !== undefined) configurations.set(client.id, configuration);
  };
  const get = (id: string): SandboxClient => {
    const client = clients.get(id);
    if (client !== undefined) return client;
    const ids = [...clients.keys()].join(", ");
    throw new ConfigurationError("clients", `There is no client ${id}; there are: ${ids}`);
  };
  const forget = (id: string): void => {
    put(id, undefined);
    clients.delete(id);
    configurations.delete(id);
  };
  const register = async (configuration: SandboxClientConfiguration): Promise<ClientRecord> => {
    const { description: _description, privateJwk, jwksUri, ...registration } = configuration;
    const record = await registerClient(
      withPublicKey(
        { ...registration, secrets: datedSecrets(configuration, clock.now()) },
        privateJwk,
      ),
      { bytes, digest, signatureEngine, certificateReader },
      { policy, remoteKeys: jwksUri === undefined ? undefined : { jwksUri, allowedHosts } },
    );
    checkScope(record, policy.resources);
    return record;
  };
  return {
    remember,
    forget,
    has: (id) => clients.has(id),
    configurationOf: (id) => configurations.get(id),
    list: () => [...clients.values()],
    get,
    create: async (configuration) => {
      const complete = await withCredential(configuration, chance);
      const record = await register(complete);
      put(record.id, record);
      const { description = "", privateJwk, secret, tokenEndpointAuthMethod } = complete;
      const secrets = knownSecrets(complete, clock.now());
      const client: SandboxClient = {
        id: record.id,
        secret: secret ?? secrets[0]?.secret ?? "",
        ...(secrets.length > 1 && { secrets }),
        ...(privateJwk !== undefined && { privateJwk }),
        tokenEndpointAuthMethod,
        scope: record.scope,
        description,
      };
      remember(client, complete);
      return client;
    },
    change: async (id, changes) => {
      for (;;) {
        get(id);
        const before = configurations.get(id);
        const changed = withChanges(before, changes);
        const record = await register(changed);
        // Another change must not be lost, nor a client come back that has been deleted.
        if (configurations.get(id) !== before) continue;
        // Secrets may have been rotated since: the record knows them best.
        const { secrets } = records.get(id)?.value ?? record;
        put(id, { ...record, secrets });
        const { description = "" } = changed;
        remember({ ...get(id), scope: record.scope, description }, changed);
        return get(id);
      }
    },
    delete: async (id) => {
      get(id);
      forget(id);
    },
  };
}

/** What is forgotten of a client is a secret all the same, of requests that are remembered. */
function noteSecrets(
  { note, noteDigest }: KnownSecrets,
  { secret, privateJwk }: SandboxClient,
  configuration: SandboxClientConfiguration | undefined,
): void {
  if (secret !== "") note(secret);
  if (typeof privateJwk?.d === "string") note(privateJwk.d);
  for (const one of configuration?.secrets ?? []) {
    if (one.secret !== undefined) note(one.secret);
    if (one.secretDigest !== undefined) noteDigest(one.secretDigest);
  }
}

function withChanges(
  configuration: SandboxClientConfiguration | undefined,
  changes: SandboxClientChanges,
): SandboxClientConfiguration {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const members = { ...configuration, ...Object.fromEntries(given) };
  const kept = Object.entries(members).filter(([, value]) => value !== null);
  // Every client in the store has one.
  return Object.fromEntries(kept) as unknown as SandboxClientConfiguration;
}
