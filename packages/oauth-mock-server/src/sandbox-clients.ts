import type { RecordStore } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type { ClientRecord } from "@credicorp/oauth-core/authorization-server";
import { makeClientSecret, registerClient } from "@credicorp/oauth-core/authorization-server";
import { bytes, digest, random } from "@credicorp/oauth-runtime";

import type { SandboxClientConfiguration } from "./configuration.ts";

/** A client and the secret that it can use, for tests and for people. */
export interface SandboxClient {
  readonly id: string;

  /** The first of its secrets; empty when the configuration gave digests only. */
  readonly secret: string;
  readonly tokenEndpointAuthMethod: SandboxClientConfiguration["tokenEndpointAuthMethod"];

  /** All that it may be granted. */
  readonly scope: readonly string[];
  readonly description: string;
}

/** The clients of a sandbox. */
export interface SandboxClients {
  readonly list: () => readonly SandboxClient[];

  /** @throws {@link ConfigurationError} when there is no such client. */
  readonly get: (id: string) => SandboxClient;

  /** Adds a client, or replaces the one with its id; a missing secret is made. */
  readonly create: (configuration: SandboxClientConfiguration) => Promise<SandboxClient>;
}

/** Makes the clients' side of a sandbox over a record store, which gets digests only. */
export function createSandboxClients(records: RecordStore<ClientRecord>): SandboxClients {
  const clients = new Map<string, SandboxClient>();
  return {
    list: () => [...clients.values()],
    get: (id) => {
      const client = clients.get(id);
      if (client !== undefined) return client;
      const known = [...clients.keys()].join(", ");
      throw new ConfigurationError("clients", `There is no client ${id}; there are: ${known}`);
    },
    create: async (configuration) => {
      const { description = "", ...registration } = await withSecret(configuration);
      const record = await registerClient(registration, { bytes, digest });
      const previous = await records.get(record.id);
      await records.compareAndSet(record.id, previous?.version ?? 0, record);
      const client: SandboxClient = {
        id: record.id,
        secret: registration.secret ?? registration.secrets?.[0]?.secret ?? "",
        tokenEndpointAuthMethod: registration.tokenEndpointAuthMethod,
        scope: record.scope,
        description,
      };
      clients.set(client.id, client);
      return client;
    },
  };
}

async function withSecret(
  configuration: SandboxClientConfiguration,
): Promise<SandboxClientConfiguration> {
  const { tokenEndpointAuthMethod, secret, secrets } = configuration;
  const needsOne =
    tokenEndpointAuthMethod.startsWith("client_secret") && secret === undefined && !secrets?.length;
  if (!needsOne) return configuration;
  return {
    ...configuration,
    secret: await makeClientSecret("sandbox", { random, bytes, digest }),
  };
}
