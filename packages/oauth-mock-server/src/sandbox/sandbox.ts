import { systemClock } from "@credicorp/oauth-runtime";

import { checkAdminPrefix, defaultAdminPrefix } from "../admin/admin-prefix.ts";
import { resolveAdminToken } from "../admin/admin-token.ts";
import { createSandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxConfiguration, SandboxOptions } from "../configuration/configuration.ts";
import { checkOptionNames } from "../configuration/known-members.ts";
import { checkConnections } from "../configuration/server-configuration.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import { refuseProduction } from "../safety/refuse-production.ts";
import { createKnownSecrets } from "../secrets/known-secrets.ts";
import { openSpace } from "./open-space.ts";
import type { Reconfiguration } from "./reconfiguration.ts";
import { reconfigureTogether } from "./reconfiguration.ts";
import type { SandboxConnections } from "./sandbox-connections.ts";
import { createSandboxConnections } from "./sandbox-connections.ts";
import { createSandboxFront } from "./sandbox-front.ts";
import type { CloseOptions, ListenOptions } from "./sandbox-listener.ts";
import { createSandboxListener } from "./sandbox-listener.ts";
import type { SandboxNamespaces } from "./sandbox-namespaces.ts";
import { createNamespaceHost } from "./sandbox-namespaces.ts";
import type { SandboxSpace } from "./sandbox-space.ts";
import { createSequence } from "./sequence.ts";

/** An authorization server to develop and test against, with all its state in memory. */
export interface Sandbox extends SandboxSpace, Pick<SandboxConnections, "connect"> {
  /** Listens. @throws {@link ConfigurationError} for a host that others can reach, unless that is allowed. */
  readonly listen: (
    options?: ListenOptions,
  ) => Promise<{ readonly url: string; readonly adminUrl: string }>;

  /** Sandboxes within this one, behind the same port. */
  readonly namespaces: SandboxNamespaces;

  /** Where the admin API begins. */
  readonly adminUrl: string;

  /** What the admin API is to be called with. */
  readonly adminToken: string;

  /**
   * Goes on with another configuration, which is also what a reset goes back to. Keys, clock, revocations and budgets
   * stay, and so do clients and faults that were added since; clients that differ are made anew. What cannot change while
   * a sandbox runs is named in `fixed`. Namespaces follow at the same moment, but for the `clients` that one was made
   * with.
   *
   * @throws {@link ConfigurationError} that names the first option that is wrong; nothing has changed then
   */
  readonly reconfigure: (configuration: SandboxConfiguration) => Promise<Reconfiguration>;

  /** Answers what is in flight, then stops listening; `/readyz` says 503 from the first moment on. */
  readonly close: (options?: CloseOptions) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Makes a sandbox. @throws {@link ConfigurationError} that names the first option that is wrong. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  checkOptionNames(options);
  const {
    clock: base = systemClock,
    adminToken: givenToken,
    adminPrefix: givenPrefix = defaultAdminPrefix,
    namespaces: bounds = {},
    dangerouslyAllowProduction,
    ...configuration
  } = options;
  // The one variable that is read here: a safety that has to be switched on is none.
  refuseProduction(process.env["NODE_ENV"], { dangerouslyAllowProduction });
  checkConnections(options);
  const clock = createSandboxClock(base);
  const adminToken = resolveAdminToken(givenToken);
  const secrets = createKnownSecrets();
  secrets.note(adminToken);
  const adminPrefix = checkAdminPrefix(givenPrefix);
  const url = `${options.tls === undefined ? "http" : "https"}://localhost`;
  const handle: SandboxHandler = (request) => front.everything(request);

  let listening: { readonly url: string; readonly adminOrigin: string } | undefined;
  const adminOrigin = (): string => listening?.adminOrigin ?? new URL(main.issuer()).origin;
  let configurationNow = configuration;
  const host = createNamespaceHost({
    configuration: () => configurationNow,
    bounds,
    base,
    handle,
    adminPrefix,
    adminToken,
    secrets,
    place: () => ({ url: listening?.url ?? url, adminOrigin: adminOrigin() }),
    isSettled: () => listening !== undefined,
  });
  const oneByOne = createSequence();
  const namespaces: SandboxNamespaces = {
    ...host.namespaces,
    // Not two at a time, which might have one name, and not while the configuration changes, which one would miss.
    create: (name, own) => oneByOne(() => host.namespaces.create(name, own)),
  };
  const main = await openSpace(configuration, {
    clock,
    base,
    url,
    pathPrefix: "",
    secrets,
    handle,
    isOwnPath: () => true,
    adminPrefix,
    adminTokens: [adminToken],
    namespaces,
  });
  const hosts = new Set((options.allowedHosts ?? []).map((name) => name.toLowerCase()));
  const front = createSandboxFront({
    main: () => main,
    findNamespace: host.find,
    guard: {
      isAllowedHost: (name) => hosts.has(name) || name === new URL(main.issuer()).hostname,
      allowsAddresses: () => listener.isExposed(),
    },
    clock,
  });
  const { maxBodyBytes } = main.instance.server().policy;
  const connections = createSandboxConnections({ handle, clock, maxBodyBytes });
  const listener = createSandboxListener({
    front,
    configuration,
    clock,
    maxBodyBytes,
    onAnswered: main.instance.makeMoreKeys,
    onListening: (place) => {
      listening = place;
      main.instance.settle(place.url);
      host.settle(place.url);
    },
  });
  const close = async (closeOptions?: CloseOptions): Promise<void> => {
    const stopping = main.close();
    await Promise.all([listener.close(closeOptions), connections.close()]);
    // Not before: what is in flight may be for a namespace.
    await Promise.all([stopping, host.closeAll()]);
  };

  return {
    ...main.parts,
    get issuer() {
      return main.issuer();
    },
    get adminUrl() {
      return adminOrigin() + adminPrefix;
    },
    adminToken,
    namespaces,
    reconfigure: (wanted) =>
      oneByOne(() =>
        reconfigureTogether(async () => {
          checkOptionNames(wanted);
          const plan = await main.instance.planReconfiguration(wanted);
          const taken = plan.changed.map((name) => [name, wanted[name as keyof typeof wanted]]);
          const next = { ...configurationNow, ...(Object.fromEntries(taken) as typeof wanted) };
          const commit = (): void => {
            plan.commit();
            configurationNow = next;
          };
          return [{ ...plan, commit }, ...(await host.planReconfigurations(next))];
        }),
      ),
    listen: async (address) => {
      const { url: listenUrl, adminOrigin: place } = await listener.listen(address);
      return { url: listenUrl, adminUrl: place + adminPrefix };
    },
    connect: connections.connect,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
