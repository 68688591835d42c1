import type { Clock, SignatureAlgorithm } from "@credicorp/oauth-core";
import type {
  AuthorizationServer,
  ClientRecord,
  MemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";
import {
  createAuthorizationServer,
  createMemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";
import { bytes } from "@credicorp/oauth-runtime";

import type {
  SandboxClientConfiguration,
  SandboxConfiguration,
} from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { serverConfiguration } from "../configuration/server-configuration.ts";
import type { ChanceFor } from "../seed/chance.ts";
import type { KnownClients, SandboxClientStore } from "./sandbox-clients.ts";
import { createSandboxClients } from "./sandbox-clients.ts";
import { algorithmsOf } from "./sandbox-keys.ts";
import type { LastingPorts, SandboxPorts } from "./sandbox-state.ts";
import { createSandboxState } from "./sandbox-state.ts";

/** A server, its clients and its state, from one reset to the next. */
export interface SandboxGeneration {
  readonly ports: SandboxPorts;
  readonly server: AuthorizationServer;
  readonly clients: SandboxClientStore;
  readonly known: KnownClients;

  /** With a seed it begins anew with each generation, so that the same run comes again. */
  readonly chance: ChanceFor;

  /** What DPoP nonces are made of: wherever the server is, and by whatever clock, it knows those that it gave. */
  readonly nonceSecret: string;
}

/** What all generations have in common. */
export interface GenerationOptions {
  readonly configuration: SandboxConfiguration;

  /** With their credentials: a reset must not make other ones. */
  readonly clients: readonly SandboxClientConfiguration[];
  readonly lasting: LastingPorts;

  /** What their secrets and keys were made by, and those that another configuration brings. */
  readonly lastingChance: ChanceFor;
  readonly beginChance: () => ChanceFor;
}

/** Returns what the server signs with for these clients. */
export function neededAlgorithms(
  { policy }: AuthorizationServer,
  clients: readonly SandboxClientConfiguration[],
): readonly SignatureAlgorithm[] {
  return [policy.accessTokenAlgorithm, ...clients.flatMap(algorithmsOf)];
}

const nonceSecretBytes = 32;

/** Begins anew, with the clients as they were configured; what they have for so many seconds begins by the `base` clock. */
export async function createGeneration(
  { configuration, clients: configured, lasting, beginChance }: GenerationOptions,
  { placement, base }: { readonly placement: Placement; readonly base: Clock },
): Promise<SandboxGeneration> {
  const chance = beginChance();
  const ports = createSandboxState(configuration, { lasting, chance: chance("server") });
  const nonceSecret = bytes.encodeBase64url(chance("nonces").random.bytes(nonceSecretBytes));
  const server = createServer(configuration, { placement, ports, nonceSecret });
  const known = nothingKnown();
  const first = createClients({ server, ports, known, chance }, base);
  for (const client of configured) await first.create(client);
  const clients = createClients({ server, ports, known, chance });
  return { ports, server, clients, known, chance, nonceSecret };
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
    forget: (id) => current().clients.forget(id),
  };
}

/** Clients as another configuration has them, in rows of their own. */
export interface ClientTrial {
  readonly rows: MemoryRecordStore<ClientRecord>;
  readonly clients: SandboxClientStore;
}

/**
 * Makes the server of another configuration, over the same state; the clients are not changed yet.
 *
 * @throws {@link ConfigurationError} when the configuration, or one of its clients, is wrong
 */
export async function tryGeneration(
  generation: SandboxGeneration,
  options: GenerationOptions & { readonly placement: Placement },
): Promise<{ readonly generation: SandboxGeneration; readonly trial: ClientTrial }> {
  const { configuration, clients: configured, placement } = options;
  const { ports, known, chance, nonceSecret } = generation;
  const server = createServer(configuration, { placement, ports, nonceSecret });
  // Those that stay as they are must be possible too, so all of them are tried where it does not matter.
  const rows = createMemoryRecordStore<ClientRecord>();
  const beside = { ports: { ...ports, clients: rows }, known: nothingKnown() };
  const trial = createClients({ server, chance, ...beside });
  for (const client of configured) await trial.create(client);
  const clients = createClients({ server, ports, known, chance });
  return { generation: { ...generation, server, clients }, trial: { rows, clients: trial } };
}

/** Makes the server anew because its place has become known; the state behind its ports stays. */
export function moveGeneration(
  generation: SandboxGeneration,
  configuration: SandboxConfiguration,
  placement: Placement,
): SandboxGeneration {
  return { ...generation, server: createServer(configuration, { ...generation, placement }) };
}

function nothingKnown(): KnownClients {
  return { shown: new Map(), configurations: new Map() };
}

function createClients(
  {
    server,
    ports,
    known,
    chance,
  }: Pick<SandboxGeneration, "server" | "ports" | "known" | "chance">,
  clock: Clock = ports.clock,
): SandboxClientStore {
  const { policy } = server;
  return createSandboxClients(ports.clients, {
    known,
    policy,
    allowedKeyHosts: policy.clientKeySets?.allowedHosts,
    clock,
    chance: chance("clients"),
    secrets: ports.secrets,
  });
}

function createServer(
  configuration: SandboxConfiguration,
  {
    placement,
    ports,
    nonceSecret,
  }: Pick<SandboxGeneration, "ports" | "nonceSecret"> & { readonly placement: Placement },
): AuthorizationServer {
  const { dpop, ...options } = serverConfiguration(configuration, placement);
  const nonces = { nonceSecret: dpop?.nonceSecret ?? nonceSecret };
  return createAuthorizationServer({ ...options, dpop: dpop && { ...dpop, ...nonces } }, ports);
}
