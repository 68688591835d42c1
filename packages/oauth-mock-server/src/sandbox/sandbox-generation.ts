import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type {
  AuthorizationServer,
  AuthorizationServerPorts,
  ClientRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createAuthorizationServer,
  createMemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";

import type {
  SandboxClientConfiguration,
  SandboxConfiguration,
} from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { serverConfiguration } from "../configuration/server-configuration.ts";
import type { Chance } from "../seed/chance.ts";
import type { SandboxClientStore } from "./sandbox-clients.ts";
import { createSandboxClients } from "./sandbox-clients.ts";
import { algorithmsOf } from "./sandbox-keys.ts";
import type { LastingPorts } from "./sandbox-state.ts";
import { createSandboxState } from "./sandbox-state.ts";

/** A server, its clients and its state, from one reset to the next. */
export interface SandboxGeneration {
  readonly ports: AuthorizationServerPorts;
  readonly server: AuthorizationServer;
  readonly clients: SandboxClientStore;
}

/** What all generations have in common. */
export interface GenerationOptions {
  readonly configuration: SandboxConfiguration;

  /** With their credentials: a reset must not make other ones. */
  readonly clients: readonly SandboxClientConfiguration[];
  readonly lasting: LastingPorts;

  /** Makes the credentials of clients that are created later. */
  readonly forClients: Chance;
}

/** Returns what the server signs with for these clients. */
export function neededAlgorithms(
  { policy }: AuthorizationServer,
  clients: readonly SandboxClientConfiguration[],
): readonly SignatureAlgorithm[] {
  return [policy.accessTokenAlgorithm, ...clients.flatMap(algorithmsOf)];
}

/** Begins anew, with the clients as they were configured. */
export async function createGeneration(
  { configuration, clients: configured, lasting, forClients }: GenerationOptions,
  placement: Placement,
): Promise<SandboxGeneration> {
  const ports = createSandboxState(configuration, lasting);
  const server = createServer(configuration, { placement, ports });
  const clients = createClients({ server, ports }, forClients);
  for (const client of configured) await clients.create(client);
  return { ports, server, clients };
}

/** The clients of whichever generation is the current one. */
export function currentClients(current: () => SandboxGeneration): SandboxClientStore {
  return {
    list: () => current().clients.list(),
    get: (id) => current().clients.get(id),
    has: (id) => current().clients.has(id),
    create: (client) => current().clients.create(client),
    change: (id, changes) => current().clients.change(id, changes),
    delete: (id) => current().clients.delete(id),
    configurationOf: (id) => current().clients.configurationOf(id),
    remember: (client, made) => current().clients.remember(client, made),
  };
}

/** Lets the seconds that secrets have begin now: a reset has moved the clock since they were registered. */
export async function beginSecrets(
  { clients }: SandboxGeneration,
  configured: readonly SandboxClientConfiguration[],
): Promise<void> {
  for (const client of configured) {
    const counts = client.secrets?.some(({ expiresInSeconds }) => expiresInSeconds !== undefined);
    if (counts === true) await clients.create(client);
  }
}

/**
 * Goes on with another configuration and the same state.
 *
 * @throws {@link ConfigurationError} when the configuration, or one of its clients, is wrong; nothing has changed then
 */
export async function changeGeneration(
  generation: SandboxGeneration,
  options: GenerationOptions & { readonly placement: Placement },
): Promise<SandboxGeneration> {
  const { configuration, clients: configured, forClients, placement } = options;
  const { ports } = generation;
  const server = createServer(configuration, { placement, ports });
  // Those that stay as they are must be possible too, so all of them are tried where it does not matter.
  const elsewhere = { ...ports, clients: createMemoryRecordStore<ClientRecord>() };
  const trial = createClients({ server, ports: elsewhere }, forClients);
  for (const client of configured) await trial.create(client);
  const clients = createClients({ server, ports }, forClients);
  const { list, configurationOf } = generation.clients;
  for (const client of list()) clients.remember(client, configurationOf(client.id));
  return { ports, server, clients };
}

/** Makes the server anew because its place has become known; the state behind its ports stays. */
export function moveGeneration(
  generation: SandboxGeneration,
  configuration: SandboxConfiguration,
  placement: Placement,
): SandboxGeneration {
  const { ports } = generation;
  return { ...generation, server: createServer(configuration, { placement, ports }) };
}

function createClients(
  { server, ports }: Pick<SandboxGeneration, "server" | "ports">,
  chance: Chance,
): SandboxClientStore {
  const { policy } = server;
  return createSandboxClients(ports.clients, {
    policy,
    allowedKeyHosts: policy.clientKeySets?.allowedHosts,
    clock: ports.clock,
    chance,
  });
}

function createServer(
  configuration: SandboxConfiguration,
  { placement, ports }: { readonly placement: Placement; readonly ports: AuthorizationServerPorts },
): AuthorizationServer {
  return createAuthorizationServer(serverConfiguration(configuration, placement), ports);
}
