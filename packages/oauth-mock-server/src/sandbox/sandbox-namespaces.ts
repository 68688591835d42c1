import type { Clock } from "@credicorp/oauth-core";
import { ConfigurationError, isOAuthError } from "@credicorp/oauth-core";

import { resolveAdminToken } from "../admin/admin-token.ts";
import type { AdminNamespaces } from "../admin/admin-subject.ts";
import { createSandboxClock } from "../clock/sandbox-clock.ts";
import type {
  SandboxClientConfiguration,
  SandboxConfiguration,
} from "../configuration/configuration.ts";
import type { MemberNames } from "../configuration/known-members.ts";
import { checkMembers } from "../configuration/known-members.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import { namespaceOf, namespacePrefix } from "../namespaces/namespace-path.ts";
import type { NamespaceBounds } from "../namespaces/namespaces.ts";
import { createNamespaces } from "../namespaces/namespaces.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { OpenSpace } from "./open-space.ts";
import { openSpace } from "./open-space.ts";
import type { PlannedReconfiguration } from "./reconfiguration.ts";
import type { InstanceOptions } from "./sandbox-instance.ts";
import type { SandboxSpace } from "./sandbox-space.ts";

/** What a namespace has otherwise than the sandbox that it is in. */
export interface SandboxNamespaceOptions {
  /** They stay when the sandbox is configured otherwise. @defaultValue those that the sandbox is configured with */
  readonly clients?: readonly SandboxClientConfiguration[] | undefined;

  /** @defaultValue that of the sandbox */
  readonly seed?: number | undefined;
}

/** A sandbox within a sandbox, behind the same port: nothing of one is seen in another. */
export interface SandboxNamespace extends SandboxSpace {
  readonly name: string;

  /** Where its admin API begins. */
  readonly adminUrl: string;

  /** Good for its admin API alone; the token of the sandbox is good there too. */
  readonly adminToken: string;

  /** Deletes it. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** The namespaces of a sandbox. */
export interface SandboxNamespaces extends AdminNamespaces {
  /**
   * Makes a namespace, configured as the sandbox is, with a clock, keys, clients, a journal and faults of its own.
   *
   * @throws {@link ConfigurationError} when the name is none, or taken, or when there are too many
   */
  readonly create: (name: string, options?: SandboxNamespaceOptions) => Promise<SandboxNamespace>;
  readonly list: () => readonly SandboxNamespace[];

  /** Deletes a namespace; tells whether there was one. */
  readonly delete: (name: string) => Promise<boolean>;
}

/** The namespaces as the sandbox itself handles them. */
export interface NamespaceHost {
  readonly namespaces: SandboxNamespaces;
  readonly find: (name: string) => OpenSpace | undefined;

  /** Tells all of them where they are reached. */
  readonly settle: (url: string) => void;

  /**
   * Works out for all of them another configuration of the sandbox that they are in; what one was made with otherwise, it
   * keeps.
   *
   * @throws {@link ConfigurationError} that names the namespace that could not follow
   */
  readonly planReconfigurations: (
    wanted: InstanceOptions,
  ) => Promise<readonly PlannedReconfiguration[]>;
  readonly closeAll: () => Promise<void>;
}

const namespaceMembers: MemberNames<SandboxNamespaceOptions> = { clients: true, seed: true };

interface HostedSpace extends OpenSpace {
  /** What it has otherwise than the sandbox. */
  readonly own: SandboxNamespaceOptions;
  readonly shown: SandboxNamespace;
}

// A hundred journals of the size that one sandbox has would be too much for one machine.
const journalBytes = 4 * 1024 * 1024;

/** Makes the namespaces of a sandbox. */
export function createNamespaceHost(options: {
  /** That of the sandbox at this moment. */
  readonly configuration: () => InstanceOptions;
  readonly bounds: NamespaceBounds;

  /** What their clocks are based on. */
  readonly base: Clock;
  readonly handle: SandboxHandler;
  readonly adminPrefix: string;
  readonly adminToken: string;
  readonly secrets: KnownSecrets;

  /** Where the sandbox is reached: at this moment, and its admin API. */
  readonly place: () => { readonly url: string; readonly adminOrigin: string };

  /** Whether `url` of it is final. */
  readonly isSettled: () => boolean;
}): NamespaceHost {
  const { configuration, bounds, base, adminPrefix, adminToken, secrets, place, isSettled } =
    options;

  const open = async (name: string, own: SandboxNamespaceOptions = {}): Promise<HostedSpace> => {
    const inherited = configuration();
    const journal = { maxBytes: journalBytes, ...inherited.journal };
    const { audit, onAuditFailure } = inherited;
    const ownToken = resolveAdminToken(undefined);
    secrets.note(ownToken);
    const prefix = namespacePrefix(name);
    const space = await openSpace(
      { ...inherit(inherited, own), journal, audit, onAuditFailure },
      {
        name,
        clock: createSandboxClock(base),
        base,
        url: place().url,
        pathPrefix: prefix,
        secrets,
        handle: options.handle,
        isOwnPath: (path) => namespaceOf(path) === name,
        adminPrefix,
        adminTokens: [ownToken, adminToken],
      },
    );
    const close = async (): Promise<void> => void (await registry.delete(name));
    const shown: SandboxNamespace = {
      ...space.parts,
      name,
      get issuer() {
        return space.issuer();
      },
      get adminUrl() {
        return place().adminOrigin + prefix + adminPrefix;
      },
      adminToken: ownToken,
      close,
      [Symbol.asyncDispose]: close,
    };
    return { ...space, own, shown };
  };
  const registry = createNamespaces(open, { ...bounds, monotonicMs: base.monotonicMs });

  return {
    namespaces: {
      create: async (name, own) => {
        checkMembers(own ?? {}, namespaceMembers, "");
        const { instance, shown } = await registry.create(name, own);
        // The sandbox may have begun to listen while it was being made, and then told those alone that there were.
        if (isSettled()) instance.settle(place().url);
        return shown;
      },
      list: () => registry.list().map(({ shown }) => shown),
      delete: registry.delete,
    },
    find: registry.find,
    settle: (url) => {
      for (const { instance } of registry.list()) instance.settle(url);
    },
    planReconfigurations: (wanted) =>
      Promise.all(
        registry.list().map(async ({ instance, own, shown: { name } }) => {
          try {
            return await instance.planReconfiguration(inherit(wanted, own));
          } catch (error) {
            throw isOAuthError(error) && error.kind === "config" ? ofNamespace(name, error) : error;
          }
        }),
      ),
    closeAll: registry.closeAll,
  };
}

/** Returns the configuration of a namespace of a sandbox that has this one: its keys are its own, and its paths. */
function inherit(
  options: InstanceOptions,
  { clients = options.clients, seed = options.seed }: SandboxNamespaceOptions,
): SandboxConfiguration {
  const {
    signingKeys: _keys,
    issuer,
    audit: _audit,
    onAuditFailure: _onAuditFailure,
    journal: _journal,
    ...inherited
  } = options;
  const origin = issuer === undefined ? {} : { issuer: new URL(issuer).origin };
  return { additionalAlgorithms: [], ...inherited, ...origin, clients, seed };
}

function ofNamespace(
  name: string,
  { option, message }: Pick<ConfigurationError, "option" | "message">,
): ConfigurationError {
  return new ConfigurationError(
    option,
    `The namespace ${name} cannot follow: ${message}; or delete the namespace`,
  );
}
