import { isDeepStrictEqual } from "node:util";

import type {
  SandboxClientConfiguration,
  SandboxConfiguration,
} from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { configuredClients } from "../configuration/server-configuration.ts";
import type { FaultRules } from "../faults/fault-rules.ts";
import { withCredential } from "./client-credential.ts";
import { checkDistinct } from "./sandbox-clients.ts";
import type { GenerationOptions, SandboxGeneration } from "./sandbox-generation.ts";
import { changeGeneration, neededAlgorithms } from "./sandbox-generation.ts";
import type { SandboxKeyStore } from "./sandbox-keys.ts";

/** What came of another configuration. */
export interface Reconfiguration {
  /** Members that changed, and hold from now on. */
  readonly changed: readonly string[];

  /** Members that differ, and would need a new sandbox: they are as they were. */
  readonly fixed: readonly string[];
}

/** A sandbox of this moment, and what a reset would make of it. */
interface RunningSandbox {
  readonly generations: GenerationOptions;
  readonly current: SandboxGeneration;
}

/** Gives a sandbox another configuration. @throws {@link ConfigurationError} when it is wrong; nothing has changed then */
export async function reconfigureGeneration(
  running: RunningSandbox & { readonly placement: Placement },
  wanted: SandboxConfiguration,
  parts: { readonly keys: SandboxKeyStore; readonly faults: FaultRules },
): Promise<RunningSandbox & Reconfiguration> {
  const { generations, current, placement } = running;
  const { changed, fixed, configuration } = planReconfiguration(generations.configuration, wanted);
  const difference = compareClients(
    [generations.configuration, configuration],
    generations.clients,
  );
  checkDistinct(difference.clients.map(({ id }) => id));
  const clients = await Promise.all(
    difference.clients.map((client) => withCredential(client, generations.forClients)),
  );
  const next = { ...generations, configuration, clients };
  const generation = await changeGeneration(current, { ...next, placement });
  await parts.keys.ensure(neededAlgorithms(generation.server, clients), 0);
  // What can fail comes first, this last of all.
  if (changed.includes("faults")) parts.faults.reconfigure(configuration.faults ?? []);
  for (const id of difference.removedIds)
    if (generation.clients.has(id)) await generation.clients.delete(id);
  for (const client of clients) {
    if (difference.changedIds.has(client.id)) await generation.clients.create(client);
  }
  return { generations: next, current: generation, changed, fixed };
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
function planReconfiguration(
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
