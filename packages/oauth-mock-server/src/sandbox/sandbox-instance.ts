import type { RevocationFeed } from "@credicorp/oauth-core";
import type {
  AuditTrail,
  AuthorizationServer,
  ClientRecord,
  KeyRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createAuditTrail,
  createMemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxConfiguration, SandboxOptions } from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import { configuredClients } from "../configuration/server-configuration.ts";
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
import { checkDistinct } from "./sandbox-clients.ts";
import { createBackground } from "./background.ts";
import { withCredential } from "./client-credential.ts";
import type { Reconfiguration } from "./reconfiguration.ts";
import { reconfigureGeneration } from "./reconfiguration.ts";
import type { GenerationOptions } from "./sandbox-generation.ts";
import {
  beginSecrets,
  createGeneration,
  currentClients,
  moveGeneration,
  neededAlgorithms,
} from "./sandbox-generation.ts";
import type { SandboxKeys } from "./sandbox-keys.ts";
import { algorithmsOf, createSandboxKeys } from "./sandbox-keys.ts";
import { createRevocationRelay } from "./sandbox-revocations.ts";
import { createSandboxRotation } from "./sandbox-rotation.ts";
import { createSequence } from "./sequence.ts";
import type { SandboxTokens } from "./sandbox-tokens.ts";
import { createSandboxTokens } from "./sandbox-tokens.ts";

/** One authorization server with its clients, keys and state; it does not know how it is reached. */
export interface SandboxInstance extends Pick<SandboxTokens, "issueToken" | "revokeToken"> {
  /** The server of this moment: it is made anew when its issuer becomes known, and by a reset. */
  readonly server: () => AuthorizationServer;
  readonly handle: SandboxHandler;
  readonly journal: Journal;
  readonly explanations: SandboxExplanations;
  readonly clients: SandboxClients;
  readonly keys: SandboxKeys;
  readonly faults: FaultRules;
  readonly revocationFeed: Pick<RevocationFeed, "poll" | "subscribe">;
  readonly audit: Pick<AuditTrail, "subscribe">;

  /** Whether it could issue a token now, and is not about to close. */
  readonly isReady: () => Promise<boolean>;

  /** Begins anew: clients as configured, nothing revoked, spent, used or noted, the clock unmoved. The keys stay. */
  readonly reset: () => Promise<void>;

  /**
   * Goes on with another configuration: keys, clock, revocations and budgets stay, and so do clients and faults that
   * were added since. Clients that differ are made anew.
   *
   * @throws {@link ConfigurationError} when it is wrong; nothing has changed then
   */
  readonly reconfigure: (wanted: SandboxConfiguration) => Promise<Reconfiguration>;

  /** Tells it where it is reached: that is its issuer, unless one was configured. Its keys are kept from then on. */
  readonly settle: (url: string) => void;

  /** Makes the keys that can wait, once, a while after it has been called first. */
  readonly makeMoreKeys: () => void;

  /** Ends what it does in the background. */
  readonly close: () => Promise<void>;
}

/** What an instance may be told; how it is reached is no matter of its own. */
export type InstanceOptions = Omit<
  SandboxOptions,
  "clock" | "adminToken" | "adminPrefix" | "namespaces" | "dangerouslyAllowProduction"
>;

/** Where an instance is, and by which clock it lives. */
export interface Surroundings {
  readonly clock: SandboxClock;

  /** The origin, until `settle`. */
  readonly url: string;

  /** What all of its paths begin with; empty for one at the root. */
  readonly pathPrefix: string;
}

/**
 * Makes an instance that is reached at `url` until it is told otherwise, its paths beneath `pathPrefix`.
 *
 * @throws {@link ConfigurationError} that names the first option that is wrong
 */
export async function createSandboxInstance(
  options: InstanceOptions,
  { clock, url, pathPrefix }: Surroundings,
): Promise<SandboxInstance> {
  const { audit, onAuditFailure, journal: journalBounds = {}, ...configuration } = options;
  // These outlive the server.
  const auditTrail = createAuditTrail(onAuditFailure);
  if (audit !== undefined) auditTrail.subscribe(audit);
  const keyRecords = createMemoryRecordStore<KeyRecord>();
  const chance = createChance(configuration.seed);
  const configured = configuredClients(configuration);
  checkDistinct(configured.map(({ id }) => id));
  const forClients = chance("clients");
  let generations: GenerationOptions = {
    configuration,
    clients: await Promise.all(configured.map((client) => withCredential(client, forClients))),
    lasting: { clock, keys: keyRecords, audit: auditTrail.report, ...chance("server") },
    forClients,
  };
  const placeAt = (origin: string): Placement => ({ issuer: origin + pathPrefix, pathPrefix });
  const placeNow = (): Placement => ({ issuer: current.server.policy.issuer, pathPrefix });
  let current = await createGeneration(generations, placeAt(configuration.issuer ?? url));
  const server = (): AuthorizationServer => current.server;
  const { policy } = current.server;
  const clients = currentClients(() => current);
  const registered = async (): Promise<readonly ClientRecord[]> =>
    (await current.ports.clients.list()).map(({ value }) => value);
  const revocationFeed = createRevocationRelay(current.ports.revocationFeed);

  const keys = createSandboxKeys({
    records: keyRecords,
    clock,
    signatureEngine: generations.lasting.signatureEngine,
    retainMarginSeconds: policy.keyRotation.announceSeconds,
  });
  for (const [index, jwk] of (configuration.signingKeys ?? []).entries()) {
    await keys.add(jwk, `signingKeys[${index}]`);
  }
  await keys.ensure(neededAlgorithms(server(), generations.clients), 0);

  const view = {
    isClientId: clients.has,
    endpointOf: (path: string) => endpointOf(path, current.server.policy),
  };
  const journal = createJournal(journalBounds, {
    ...view,
    clock,
    findClient: (id) => current.ports.clients.get(id),
  });
  auditTrail.subscribe(journal.hear);
  const { withJournal, withDecision } = journal;
  const explanations = createSandboxExplanations(journal, async () => ({
    ...view,
    policy: current.server.policy,
    clients: await registered(),
  }));
  const decide = withExplanations((request) => current.server.handle(request), {
    server,
    clock,
    explainTo: explanations.explainTo,
  });
  const faults = createSandboxFaults(configuration, {
    clock,
    keys: keyRecords,
    chance: chance("faults"),
    server,
    handle: withDecision(decide),
    handleBy: (by) => {
      const skewed = { ...current, ports: { ...current.ports, clock: by } };
      const { server: other } = moveGeneration(skewed, generations.configuration, placeNow());
      return withDecision(other.handle);
    },
  });
  // A request meets the layers from left to right, and its answer from right to left.
  const handle = withJournal(withSandboxMark(faults.handle));

  const oneByOne = createSequence();
  const tokens = createSandboxTokens({
    clock,
    keys: keyRecords,
    random: chance("tokens").random,
    current: () => current,
  });
  const rotation = createSandboxRotation({ server, keys, clients });
  const background = createBackground({ configuration, server, clock, ensureKeys: keys.ensure });

  return {
    server,
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
      change: async (id, changes) => {
        await keys.ensure(algorithmsOf(changes), 0);
        return clients.change(id, changes);
      },
    },
    keys: { ...keys, ...rotation.keys },
    faults: faults.rules,
    revocationFeed: { poll: revocationFeed.poll, subscribe: revocationFeed.subscribe },
    audit: { subscribe: auditTrail.subscribe },
    issueToken: tokens.issueToken,
    revokeToken: tokens.revokeToken,
    isReady: async () => !background.isClosing() && tokens.canIssue(),
    reset: () =>
      oneByOne(async () => {
        const next = await createGeneration(generations, placeNow());
        // All at once: no request meets a part of it.
        current = next;
        revocationFeed.follow(next.ports.revocationFeed);
        clock.reset();
        faults.rules.reset();
        journal.clear();
        await beginSecrets(next, generations.clients);
        await keys.ensureSigning(neededAlgorithms(server(), generations.clients));
      }),
    reconfigure: (wanted) =>
      oneByOne(async () => {
        const now = { generations, current, placement: placeNow() };
        const next = await reconfigureGeneration(now, wanted, { keys, faults: faults.rules });
        ({ generations, current } = next);
        return { changed: next.changed, fixed: next.fixed };
      }),
    settle: (newUrl) => {
      if (configuration.issuer === undefined) {
        current = moveGeneration(current, generations.configuration, placeAt(newUrl));
      }
      background.keepKeys();
    },
    makeMoreKeys: background.makeMoreKeys,
    close: background.close,
  };
}
