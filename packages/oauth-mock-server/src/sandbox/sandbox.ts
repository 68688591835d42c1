import { systemClock } from "@credicorp/oauth-runtime";

import { resolveAdminToken } from "../admin/admin-token.ts";
import { withHealth } from "../admin/health.ts";
import { createSandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxOptions } from "../configuration/configuration.ts";
import { checkConnections } from "../configuration/server-configuration.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import { withRequestGuard } from "../safety/guard-requests.ts";
import { refuseProduction } from "../safety/refuse-production.ts";
import { createSandboxInstance } from "./sandbox-instance.ts";
import type { SandboxListener } from "./sandbox-listener.ts";
import { createSandboxListener } from "./sandbox-listener.ts";
import type { SandboxSpace } from "./sandbox-space.ts";
import { createSandboxSpace } from "./sandbox-space.ts";

/** An authorization server to develop and test against, with all its state in memory. */
export interface Sandbox extends SandboxSpace, Pick<SandboxListener, "listen" | "connect"> {
  /** What the admin API is to be called with. */
  readonly adminToken: string;

  /** Answers what is in flight, then stops listening. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Makes a sandbox. @throws {@link ConfigurationError} that names the first option that is wrong. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    clock: base = systemClock,
    adminToken: givenToken,
    dangerouslyAllowProduction,
    ...others
  } = options;
  // The one variable that is read here: a safety that has to be switched on is none.
  refuseProduction(process.env["NODE_ENV"], { dangerouslyAllowProduction });
  const clock = createSandboxClock(base);
  checkConnections(options);
  const adminToken = resolveAdminToken(givenToken);
  const scheme = options.tls === undefined ? "http" : "https";
  const surroundings = { clock, url: `${scheme}://localhost`, pathPrefix: "" };
  const instance = await createSandboxInstance(others, surroundings);
  const { server } = instance;
  const { maxBodyBytes } = server().policy;
  const issuer = (): string => server().policy.issuer;
  const listener = createSandboxListener({
    handle: (request) => handle(request),
    onAnsweredAtPort: instance.makeMoreKeys,
    configuration: options,
    clock,
    maxBodyBytes,
    onListening: instance.settle,
  });
  const hosts = new Set((options.allowedHosts ?? []).map((host) => host.toLowerCase()));
  const handle = withRequestGuard(withHealth(instance.handle, { ...instance, clock }), {
    isAllowedHost: (host) => hosts.has(host) || host === new URL(issuer()).hostname,
    allowsAddresses: listener.isExposed,
    isPublicDocument: (path) => ["metadata", "jwks"].includes(endpointOf(path, server().policy)),
    clock,
  });
  const close = async (): Promise<void> => {
    const stopping = instance.close();
    await listener.close();
    await stopping;
  };

  return {
    ...createSandboxSpace(instance, { clock, handle, isOwnPath: () => true }),
    get issuer() {
      return issuer();
    },
    adminToken,
    listen: listener.listen,
    connect: listener.connect,
    close,
    [Symbol.asyncDispose]: close,
  };
}
