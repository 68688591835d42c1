import type { Clock } from "@credicorp/oauth-core";
import type {
  AuditListener,
  KeyRecord,
  MemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";
import { createMemoryRecordStore } from "@credicorp/oauth-core/authorization-server";

import type { SandboxConfiguration } from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { configuredClients } from "../configuration/server-configuration.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import { createChance } from "../seed/chance.ts";
import { withCredential } from "./client-credential.ts";
import type { LastingKeys } from "./lasting-keys.ts";
import { createLastingKeys } from "./lasting-keys.ts";
import { checkDistinct } from "./client-checks.ts";
import type { GenerationOptions, SandboxGeneration } from "./sandbox-generation.ts";
import { createGeneration, neededAlgorithms } from "./sandbox-generation.ts";
import type { SandboxKeyStore } from "./sandbox-keys.ts";
import { createSandboxKeys } from "./sandbox-keys.ts";

/** What a sandbox is at this moment, and what a reset makes of it. */
export interface RunningSandbox {
  generations: GenerationOptions;
  current: SandboxGeneration;
}

/** A sandbox that has begun, with its keys. */
export interface BegunSandbox {
  readonly running: RunningSandbox;
  readonly keyRecords: MemoryRecordStore<KeyRecord>;

  /** Those that belong to the configuration. */
  readonly lastingKeys: LastingKeys;

  /** The keys as they are made while it runs. */
  readonly keys: SandboxKeyStore;
}

/** Begins a sandbox. @throws {@link ConfigurationError} that names the first option that is wrong */
export async function beginSandbox(
  configuration: SandboxConfiguration,
  {
    clock,
    base,
    audit,
    secrets,
    placement,
  }: {
    readonly clock: Clock;

    /** The clock that a reset goes back to. */
    readonly base: Clock;
    readonly audit: AuditListener;
    readonly secrets: KnownSecrets;
    readonly placement: Placement;
  },
): Promise<BegunSandbox> {
  const { seed, signingKeys = [] } = configuration;
  const beginChance = createChance(seed);
  const lastingChance = beginChance();
  const clients = configuredClients(configuration);
  checkDistinct(clients.map(({ id }) => id));
  const chance = lastingChance("configured clients");
  const keyRecords = createMemoryRecordStore<KeyRecord>();
  const generations: GenerationOptions = {
    configuration,
    clients: await Promise.all(clients.map((client) => withCredential(client, chance))),
    lasting: { clock, keys: keyRecords, audit, secrets },
    lastingChance,
    beginChance,
  };
  const current = await createGeneration(generations, { placement, base: clock });
  const running: RunningSandbox = { generations, current };

  const { server } = current;
  const retainMarginSeconds = server.policy.keyRotation.announceSeconds;
  const { signatureEngine } = lastingChance("configured keys");
  const keyOptions = { records: keyRecords, clock, retainMarginSeconds };
  const isRepeatable = seed !== undefined;
  const lastingKeys = createLastingKeys({ ...keyOptions, base, signatureEngine, isRepeatable });
  await lastingKeys.begin(signingKeys, neededAlgorithms(server, generations.clients));
  const generateKeyPair: typeof signatureEngine.generateKeyPair = (algorithm) =>
    running.current.ports.signatureEngine.generateKeyPair(algorithm);
  const keys = createSandboxKeys({
    ...keyOptions,
    signatureEngine: { ...signatureEngine, generateKeyPair },
  });
  return { running, keyRecords, lastingKeys, keys };
}
