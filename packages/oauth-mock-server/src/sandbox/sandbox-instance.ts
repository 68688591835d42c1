import type { Clock, RevocationFeed } from "@credicorp/oauth-core";
import type {
  AuditTrail,
  AuthorizationServer,
  KeyRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createAuditTrail,
  createAuthorizationServer,
  createMemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";
import { sleep } from "@credicorp/oauth-runtime";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxConfiguration, SandboxOptions } from "../configuration/configuration.ts";
import { configuredClients, serverConfiguration } from "../configuration/server-configuration.ts";
import { withExplanations } from "../explanations/explanation-routes.ts";
import type { SandboxExplanations } from "../explanations/sandbox-explanations.ts";
import { createSandboxExplanations } from "../explanations/sandbox-explanations.ts";
import type { FaultRules } from "../faults/fault-rules.ts";
import { createSandboxFaults } from "../faults/sandbox-faults.ts";
import { withSandboxMark } from "../http/sandbox-mark.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import type { Journal } from "../journal/journal.ts";
import { createJournal } from "../journal/journal.ts";
import { createChance } from "../seed/chance.ts";
import type { SandboxClients } from "./sandbox-clients.ts";
import { checkDistinct, createSandboxClients } from "./sandbox-clients.ts";
import type { SandboxKeys } from "./sandbox-keys.ts";
import { algorithmsOf, createSandboxKeys } from "./sandbox-keys.ts";
import { createSandboxRotation } from "./sandbox-rotation.ts";
import { createSandboxState } from "./sandbox-state.ts";

/** One authorization server with its clients, keys and state; it does not know how it is reached. */
export interface SandboxInstance {
  /** The server of this moment: it is made anew when its issuer becomes known. */
  readonly server: () => AuthorizationServer;
  readonly handle: SandboxHandler;
  readonly journal: Journal;
  readonly explanations: SandboxExplanations;
  readonly clients: SandboxClients;
  readonly keys: SandboxKeys;
  readonly faults: FaultRules;
  readonly revocationFeed: Pick<RevocationFeed, "poll" | "subscribe">;
  readonly audit: Pick<AuditTrail, "subscribe">;

  /** Tells it where it is reached: that is its issuer, unless one was configured. Its keys are kept from then on. */
  readonly settle: (url: string) => void;

  /** Makes the keys that can wait, once, a while after it has been called first. */
  readonly makeMoreKeys: () => void;

  /** Ends what it does in the background. */
  readonly close: () => Promise<void>;
}

const backgroundDelayMs = 1000;

/**
 * Makes an instance that is reached at `url` until it is told otherwise.
 *
 * @throws {@link ConfigurationError} that names the first option that is wrong
 */
export async function createSandboxInstance(
  options: Omit<SandboxOptions, "clock">,
  { clock, url }: { readonly clock: SandboxClock; readonly url: string },
): Promise<SandboxInstance> {
  const { audit, onAuditFailure, journal: journalBounds = {}, ...configuration } = options;
  // Outlives the server that is made anew when the issuer is known.
  const auditTrail = createAuditTrail(onAuditFailure);
  if (audit !== undefined) auditTrail.subscribe(audit);
  const keyRecords = createMemoryRecordStore<KeyRecord>();
  const chance = createChance(configuration.seed);
  const audited = { audit: auditTrail.report };
  const lasting = { clock, keys: keyRecords, ...audited, ...chance("server") };
  const ports = createSandboxState(configuration, lasting);
  // The issuer is known for certain only when the sandbox listens; the state behind the ports stays.
  const serverFor = (issuer: string, by: Clock = clock): AuthorizationServer =>
    createAuthorizationServer(serverConfiguration(configuration, issuer), { ...ports, clock: by });
  let server = serverFor(configuration.issuer ?? url);

  const clientConfigurations = configuredClients(configuration);
  checkDistinct(clientConfigurations.map(({ id }) => id));
  const { policy } = server;
  const clients = createSandboxClients(ports.clients, {
    policy,
    allowedKeyHosts: policy.clientKeySets?.allowedHosts,
    chance: chance("clients"),
  });
  for (const client of clientConfigurations) await clients.create(client);
  const keys = createSandboxKeys({
    records: keyRecords,
    clock,
    signatureEngine: ports.signatureEngine,
    retainMarginSeconds: policy.keyRotation.announceSeconds,
  });
  for (const [index, jwk] of (configuration.signingKeys ?? []).entries()) {
    await keys.add(jwk, `signingKeys[${index}]`);
  }
  await keys.ensure(neededAlgorithms(configuration, server), 0);

  const view = {
    isClientId: clients.has,
    endpointOf: (path: string) => endpointOf(path, server.policy),
  };
  const journal = createJournal(journalBounds, { ...view, clock, findClient: ports.clients.get });
  auditTrail.subscribe(journal.hear);
  const { withJournal, withDecision } = journal;
  const explanations = createSandboxExplanations(journal, async () => ({
    ...view,
    policy: server.policy,
    clients: (await ports.clients.list()).map(({ value }) => value),
  }));
  const decide = withExplanations((request) => server.handle(request), {
    server: () => server,
    clock,
    explain: explanations.explain,
  });
  const faults = createSandboxFaults(configuration, {
    clock,
    keys: keyRecords,
    chance: chance("faults"),
    server: () => server,
    handle: withDecision(decide),
    handleBy: (by) => withDecision(serverFor(server.policy.issuer, by).handle),
  });
  // A request meets the layers from left to right, and its answer from right to left.
  const handle = withJournal(withSandboxMark(faults.handle));

  const closing = new AbortController();
  const rotation = createSandboxRotation({ server: () => server, keys, clients });
  let keeping: Promise<void> | undefined;
  let background: Promise<void> | undefined;
  const makeMoreKeys = async (): Promise<void> => {
    // An RSA key costs 200 ms of two cores: neither the first answers nor a short test should pay for it.
    await sleep(backgroundDelayMs, closing.signal);
    if (closing.signal.aborted) return;
    const others = configuration.additionalAlgorithms ?? (policy.profile ? [] : ["RS256"]);
    await keys.ensure(others, policy.keyRotation.announceSeconds);
  };

  return {
    server: () => server,
    handle,
    journal,
    explanations,
    clients: {
      ...clients,
      ...rotation.clients,
      create: async (client) => {
        await keys.ensure(algorithmsOf(client), 0);
        return clients.create(client);
      },
    },
    keys: { ...keys, ...rotation.keys },
    faults: faults.rules,
    revocationFeed: { poll: ports.revocationFeed.poll, subscribe: ports.revocationFeed.subscribe },
    audit: { subscribe: auditTrail.subscribe },
    settle: (newUrl) => {
      if (configuration.issuer === undefined) server = serverFor(newUrl);
      if (configuration.keyRotation?.everySeconds === undefined) return;
      keeping ??= server.keepKeys(clock.sleep, closing.signal);
    },
    makeMoreKeys: () => {
      background ??= makeMoreKeys();
    },
    close: async () => {
      closing.abort();
      await Promise.all([background, keeping]);
    },
  };
}

/** What tokens and signed answers are signed with, by default and for the configured clients. */
function neededAlgorithms(
  configuration: SandboxConfiguration,
  { policy }: AuthorizationServer,
): ReturnType<typeof algorithmsOf> {
  return [
    policy.accessTokenAlgorithm,
    ...configuredClients(configuration).flatMap((client) => algorithmsOf(client)),
  ];
}
