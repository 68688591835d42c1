import { isDeepStrictEqual } from "node:util";

import type {
  SandboxClientConfiguration,
  SandboxConfiguration,
} from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { configuredClients } from "../configuration/server-configuration.ts";
import type { FaultRules } from "../faults/fault-rules.ts";
import { withCredential } from "./client-credential.ts";
import type { LastingKeys } from "./lasting-keys.ts";
import { checkDistinct } from "./client-checks.ts";
import type { ClientTrial, GenerationOptions, SandboxGeneration } from "./sandbox-generation.ts";
import { neededAlgorithms, tryGeneration } from "./sandbox-generation.ts";

/** What came of another configuration. */
export interface Reconfiguration {
  /** Members that changed, and hold from now on. */
  readonly changed: readonly string[];

  /** Members that differ, and would need a new sandbox: they are as they were. */
  readonly fixed: readonly string[];
}

/** Another configuration, worked out beside a sandbox that goes on meanwhile. */
export interface PlannedReconfiguration extends Reconfiguration {
  /** Whether the sandbox is as it was when this was worked out. */
  readonly isCurrent: () => boolean;

  /** @throws {@link ConfigurationError} when a rule of its faults is wrong, or has the name of one that was added since */
  readonly check: () => void;

  /** Does it, all at once. */
  readonly commit: () => void;
}

interface Running {
  readonly generations: GenerationOptions;
  readonly current: SandboxGeneration;
}

/** Works out another configuration for a sandbox. @throws {@link ConfigurationError} when it is wrong */
export async function planReconfiguration(
  running: Running & { readonly placement: Placement },
  wanted: SandboxConfiguration,
  { keys, faults }: { readonly keys: LastingKeys; readonly faults: FaultRules },
): Promise<Omit<PlannedReconfiguration, "commit"> & { readonly commit: () => Running }> {
  const { generations, current, placement } = running;
  const { changed, fixed, configuration } = compare(generations.configuration, wanted);
  const difference = compareClients(
    [generations.configuration, configuration],
    generations.clients,
  );
  checkDistinct(difference.clients.map(({ id }) => id));
  const chance = generations.lastingChance("configured clients");
  const clients = await Promise.all(
    difference.clients.map((client) => withCredential(client, chance)),
  );
  const next = { ...generations, configuration, clients };
  const { generation, trial } = await tryGeneration(current, { ...next, placement });
  const keyChange = await keys.planEnsure(neededAlgorithms(generation.server, clients));
  const rules = changed.includes("faults") ? (configuration.faults ?? []) : undefined;
  return {
    changed,
    fixed,
    isCurrent: keyChange.isCurrent,
    check: () => {
      if (rules !== undefined) faults.check(rules);
    },
    commit: () => {
      if (rules !== undefined) faults.reconfigure(rules);
      keyChange.commit();
      changeClients(generation, trial, difference);
      return { generations: next, current: generation };
    },
  };
}

/**
 * Gives another configuration to several sandboxes, to all or to none. `plan` works it out, and again when one of them
 * has become another meanwhile; the first of them is the one that is told about.
 *
 * @throws {@link ConfigurationError} when it is wrong; nothing has changed then
 */
export async function reconfigureTogether(
  plan: () => Promise<readonly [PlannedReconfiguration, ...PlannedReconfiguration[]]>,
): Promise<Reconfiguration> {
  for (;;) {
    const planned = await plan();
    if (!planned.every(({ isCurrent }) => isCurrent())) continue;
    for (const { check } of planned) check();
    for (const { commit } of planned) commit();
    const [{ changed, fixed }] = planned;
    return { changed, fixed };
  }
}

/** Takes from a trial the clients that are new or different, and leaves the others as they have become. */
function changeClients(
  { ports, clients }: SandboxGeneration,
  trial: ClientTrial,
  { changedIds, removedIds }: Pick<ClientChanges, "changedIds" | "removedIds">,
): void {
  const rows = ports.clients;
  for (const id of removedIds) clients.forget(id);
  for (const id of changedIds) {
    rows.compareAndSet(id, rows.get(id)?.version ?? 0, trial.rows.get(id)?.value);
    clients.remember(trial.clients.get(id), trial.clients.configurationOf(id));
  }
}

type Member = keyof SandboxConfiguration;

/** The rest is part of keys, of tokens that are about, or of the port. */
const changeable: ReadonlySet<Member> = new Set<Member>([
  "clients",
  "resources",
  "accessTokenLifetimeSeconds",
  "accessTokenAlgorithm",
  "limits",
  "clientAuthenticationMethods",
  "dpop",
  "responseTypesSupported",
  "serviceDocumentation",
  "faults",
]);

/** Takes from another configuration what may change while a sandbox runs. */
function compare(
  running: SandboxConfiguration,
  wanted: SandboxConfiguration,
): Reconfiguration & { readonly configuration: SandboxConfiguration } {
  const members = [...new Set([...Object.keys(running), ...Object.keys(wanted)])] as Member[];
  const different = members.filter((member) => !isDeepStrictEqual(running[member], wanted[member]));
  const changed = different.filter((member) => changeable.has(member));
  const taken = Object.fromEntries(changed.map((member) => [member, wanted[member]]));
  return {
    configuration: { ...running, ...taken },
    changed,
    fixed: different.filter((member) => !changeable.has(member)),
  };
}

/** What a new list of clients means for those that there are. */
interface ClientChanges {
  /** All, with the credentials that were made for them earlier. */
  readonly clients: readonly SandboxClientConfiguration[];

  /** Of those that are new or different. */
  readonly changedIds: ReadonlySet<string>;
  readonly removedIds: readonly string[];
}

/** Compares the clients of two configurations; `complete` are those of the first, with their credentials. */
function compareClients(
  [running, wanted]: readonly [SandboxConfiguration, SandboxConfiguration],
  complete: readonly SandboxClientConfiguration[],
): ClientChanges {
  const before = new Map(configuredClients(running).map((client) => [client.id, client]));
  const completeBefore = new Map(complete.map((client) => [client.id, client]));
  const now = configuredClients(wanted);
  const clients = now.map((client) => keepCredential(client, completeBefore.get(client.id)));
  const ids = new Set(now.map(({ id }) => id));
  return {
    clients,
    changedIds: new Set(
      now.filter((client) => !isDeepStrictEqual(client, before.get(client.id))).map(({ id }) => id),
    ),
    removedIds: [...before.keys()].filter((id) => !ids.has(id)),
  };
}

/** A client that is given no secret and no key has the one that was made for it. */
function keepCredential(
  client: SandboxClientConfiguration,
  before: SandboxClientConfiguration | undefined,
): SandboxClientConfiguration {
  const { secret, secrets, jwks, jwksUri, privateJwk } = client;
  const hasOne = [secret, secrets, jwks, jwksUri, privateJwk].some((one) => one !== undefined);
  if (hasOne || before?.tokenEndpointAuthMethod !== client.tokenEndpointAuthMethod) return client;
  return { ...client, secret: before.secret, privateJwk: before.privateJwk };
}
