import type { Clock, RevocationFeed } from "@credicorp/oauth-core";
import type {
  AuditTrail,
  AuthorizationServer,
  ClientRecord,
} from "@credicorp/oauth-core/authorization-server";
import { createAuditTrail } from "@credicorp/oauth-core/authorization-server";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxConfiguration, SandboxOptions } from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
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
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { SandboxClients } from "./sandbox-clients.ts";
import { createBackground } from "./background.ts";
import type { PlannedReconfiguration } from "./reconfiguration.ts";
import { beginSandbox } from "./running-sandbox.ts";
import type { SandboxChanges } from "./sandbox-changes.ts";
import { createSandboxChanges } from "./sandbox-changes.ts";
import type { SandboxGeneration } from "./sandbox-generation.ts";
import { currentClients, moveGeneration } from "./sandbox-generation.ts";
import type { SandboxKeys } from "./sandbox-keys.ts";
import { algorithmsOf } from "./sandbox-keys.ts";
import { createRevocationRelay } from "./sandbox-revocations.ts";
import { createSandboxRotation } from "./sandbox-rotation.ts";
import type { SandboxTokens } from "./sandbox-tokens.ts";
import { createSandboxTokens } from "./sandbox-tokens.ts";

/** One authorization server with its clients, keys and state; it does not know how it is reached. */
export interface SandboxInstance
  extends Pick<SandboxTokens, "issueToken" | "revokeToken">, Pick<SandboxChanges, "inTurn"> {
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

  /**
   * Begins anew: clients as configured, nothing revoked, spent, used or noted, the clock unmoved. The keys stay; with a
   * seed they are those of the beginning. What is given is done at the same moment.
   */
  readonly reset: SandboxChanges["reset"];

  /**
   * Works out another configuration: keys, clock, revocations and budgets stay, and so do clients and faults that were
   * added since. Clients that differ are made anew.
   *
   * @throws {@link ConfigurationError} when it is wrong
   */
  readonly planReconfiguration: (wanted: SandboxConfiguration) => Promise<PlannedReconfiguration>;

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

  /** What that is based on. */
  readonly base: Clock;

  /** The origin, until `settle`. */
  readonly url: string;

  /** What all of its paths begin with; empty for one at the root. */
  readonly pathPrefix: string;

  /** Those of the sandbox and of all its namespaces: a request may have strayed. */
  readonly secrets: KnownSecrets;
}

/**
 * Makes an instance that is reached at `url` until it is told otherwise, its paths beneath `pathPrefix`.
 *
 * @throws {@link ConfigurationError} that names the first option that is wrong
 */
export async function createSandboxInstance(
  options: InstanceOptions,
  { clock, base, url, pathPrefix, secrets }: Surroundings,
): Promise<SandboxInstance> {
  const { audit, onAuditFailure, journal: journalBounds = {}, ...configuration } = options;
  // These outlive the server.
  const auditTrail = createAuditTrail(onAuditFailure);
  if (audit !== undefined) auditTrail.subscribe(audit);
  const placeAt = (origin: string): Placement => ({ issuer: origin + pathPrefix, pathPrefix });
  const { running, keyRecords, lastingKeys, keys } = await beginSandbox(configuration, {
    clock,
    base,
    audit: auditTrail.report,
    secrets,
    placement: placeAt(configuration.issuer ?? url),
  });
  const current = (): SandboxGeneration => running.current;
  const server = (): AuthorizationServer => running.current.server;
  const placeNow = (): Placement => ({ issuer: server().policy.issuer, pathPrefix });
  const clients = currentClients(current);
  const registered = (): readonly ClientRecord[] =>
    current()
      .ports.clients.list()
      .map(({ value }) => value);
  const revocationFeed = createRevocationRelay(current().ports.revocationFeed);

  const view = {
    isClientId: clients.has,
    endpointOf: (path: string) => endpointOf(path, server().policy),
    beginLook: secrets.beginLook,
  };
  const journal = createJournal(journalBounds, {
    ...view,
    clock,
    findClient: (id) => current().ports.clients.get(id),
  });
  auditTrail.subscribe(journal.hear);
  const { withJournal, withDecision } = journal;
  const explanations = createSandboxExplanations(journal, async () => ({
    ...view,
    policy: server().policy,
    clients: registered(),
  }));
  const decide = withExplanations((request) => server().handle(request), {
    server,
    clock,
    explainTo: explanations.explainTo,
  });
  const faults = createSandboxFaults(configuration, {
    clock,
    keys: keyRecords,
    chance: {
      random: {
        bytes: (length) => current().chance("faults").random.bytes(length),
        fraction: () => current().chance("faults").random.fraction(),
      },
      signatureEngine: running.generations.lastingChance("faults").signatureEngine,
    },
    server,
    handle: withDecision(decide),
    handleBy: (by) => {
      const skewed = { ...current(), ports: { ...current().ports, clock: by } };
      const { configuration: now } = running.generations;
      const { server: other } = moveGeneration(skewed, now, placeNow());
      return withDecision(other.handle);
    },
  });
  // A request meets the layers from left to right, and its answer from right to left.
  const handle = withJournal(withSandboxMark(faults.handle));

  const tokens = createSandboxTokens({ clock, keys: keyRecords, current });
  const rotation = createSandboxRotation({
    server,
    keys,
    clients,
    secrets,
    state: () => current().ports.clients,
  });
  const changes = createSandboxChanges(running, {
    clock,
    base,
    keys: lastingKeys,
    faults: faults.rules,
    journal,
    revocationFeed,
    background: () => background,
    placeNow,
  });
  const background = createBackground({
    configuration,
    server,
    clock,
    ensureKeys: changes.ensureKeys,
  });

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
      change: async (id, changed) => {
        await keys.ensure(algorithmsOf(changed), 0);
        return clients.change(id, changed);
      },
    },
    keys: { ...keys, ...rotation.keys },
    faults: faults.rules,
    revocationFeed: { poll: revocationFeed.poll, subscribe: revocationFeed.subscribe },
    audit: { subscribe: auditTrail.subscribe },
    issueToken: tokens.issueToken,
    revokeToken: tokens.revokeToken,
    isReady: async () => !background.isClosing() && tokens.canIssue(),
    reset: changes.reset,
    inTurn: changes.inTurn,
    planReconfiguration: changes.planReconfiguration,
    settle: (newUrl) => {
      if (configuration.issuer === undefined) {
        const { configuration: now } = running.generations;
        running.current = moveGeneration(current(), now, placeAt(newUrl));
      }
      background.keepKeys();
    },
    makeMoreKeys: background.makeMoreKeys,
    close: background.close,
  };
}
