import type {
  AuthorizationServer,
  AuthorizationServerPorts,
} from "@credicorp/oauth-core/authorization-server";
import { createAuthorizationServer } from "@credicorp/oauth-core/authorization-server";

import type {
  SandboxClientConfiguration,
  SandboxConfiguration,
} from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { serverConfiguration } from "../configuration/server-configuration.ts";
import type { Chance } from "../seed/chance.ts";
import type { SandboxClientStore } from "./sandbox-clients.ts";
import { createSandboxClients } from "./sandbox-clients.ts";
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

/** Begins anew, with the clients as they were configured. */
export async function createGeneration(
  { configuration, clients: configured, lasting, forClients }: GenerationOptions,
  placement: Placement,
): Promise<SandboxGeneration> {
  const ports = createSandboxState(configuration, lasting);
  const server = createServer(configuration, { placement, ports });
  const clients = createSandboxClients(ports.clients, {
    policy: server.policy,
    allowedKeyHosts: server.policy.clientKeySets?.allowedHosts,
    chance: forClients,
  });
  for (const client of configured) await clients.create(client);
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

function createServer(
  configuration: SandboxConfiguration,
  { placement, ports }: { readonly placement: Placement; readonly ports: AuthorizationServerPorts },
): AuthorizationServer {
  return createAuthorizationServer(serverConfiguration(configuration, placement), ports);
}
