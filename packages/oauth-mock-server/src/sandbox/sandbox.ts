import type { RevocationFeed } from "@credicorp/oauth-core";
import type { AuditTrail } from "@credicorp/oauth-core/authorization-server";
import { systemClock } from "@credicorp/oauth-runtime";

import type { SandboxConfiguration, SandboxOptions } from "../configuration/configuration.ts";
import { checkConnections } from "../configuration/server-configuration.ts";
import type { SandboxFetch } from "../http/fetch-handler.ts";
import { createFetch } from "../http/fetch-handler.ts";
import type { SandboxFaults } from "../faults/fault-rules.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import type { SandboxClock } from "../clock/sandbox-clock.ts";
import { createSandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxExplanations } from "../explanations/sandbox-explanations.ts";
import type { SandboxRequests } from "../journal/sandbox-requests.ts";
import { createSandboxRequests } from "../journal/sandbox-requests.ts";
import type { SandboxScenarios } from "../scenarios/sandbox-scenarios.ts";
import { createSandboxScenarios } from "../scenarios/sandbox-scenarios.ts";
import type { TokenOptions } from "../tokens/issue-token.ts";
import type { Reconfiguration } from "./reconfiguration.ts";
import type { SandboxClients } from "./sandbox-clients.ts";
import { createSandboxInstance } from "./sandbox-instance.ts";
import type { SandboxKeys } from "./sandbox-keys.ts";
import type { SandboxListener } from "./sandbox-listener.ts";
import { createSandboxListener } from "./sandbox-listener.ts";

/** An authorization server to develop and test against, with all its state in memory. */
export interface Sandbox extends Pick<SandboxListener, "listen"> {
  /** Changes when the sandbox starts to listen, unless it was configured. */
  readonly issuer: string;

  /** Answers a request that is data; never rejects. */
  readonly handle: SandboxHandler;

  /** A standard `fetch` that reaches the sandbox without a port. */
  readonly fetch: SandboxFetch;

  /** The time of the sandbox, to be moved: everything in it reads this clock. */
  readonly clock: SandboxClock;
  readonly clients: SandboxClients;
  readonly keys: SandboxKeys;

  /** What goes wrong, and when. */
  readonly faults: SandboxFaults;

  /** What happens to every integration one day, one call each. */
  readonly scenarios: SandboxScenarios;

  /** What has been revoked; a verifier in the same process may follow it. */
  readonly revocationFeed: Pick<RevocationFeed, "poll" | "subscribe">;

  /** Where to hear of every decision. */
  readonly audit: Pick<AuditTrail, "subscribe">;

  /** The requests that it has answered. */
  readonly requests: SandboxRequests;

  /** Why requests were refused: what callers are not told. */
  readonly explanations: SandboxExplanations;

  /** Signs a token without a request, good or spoiled on purpose. @throws {@link ConfigurationError} while no key may sign */
  readonly issueToken: (options?: TokenOptions) => Promise<string>;

  /**
   * Begins anew: the clients as they were configured, nothing revoked, spent, used or noted, the clock unmoved.
   *
   * Issuer and keys stay, and so do tokens; subscribers too. A request in flight is answered by the old state.
   */
  readonly reset: () => Promise<void>;

  /**
   * Goes on with another configuration, which is also what a reset goes back to. Keys, clock, revocations and budgets
   * stay, and so do clients and faults that were added since; clients that differ are made anew. What cannot change while
   * a sandbox runs is named in `fixed`.
   *
   * @throws {@link ConfigurationError} that names the first option that is wrong; nothing has changed then
   */
  readonly reconfigure: (configuration: SandboxConfiguration) => Promise<Reconfiguration>;

  /** Ends all tokens that a client holds. */
  readonly revokeClientTokens: (clientId: string) => Promise<void>;

  /** Answers what is in flight, then stops listening. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Makes a sandbox. @throws {@link ConfigurationError} that names the first option that is wrong. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock: base = systemClock, ...others } = options;
  const clock = createSandboxClock(base);
  checkConnections(options);
  const scheme = options.tls === undefined ? "http" : "https";
  const instance = await createSandboxInstance(others, { clock, url: `${scheme}://localhost` });
  const { server, clients, keys, faults, revocationFeed, audit } = instance;
  const { maxBodyBytes } = server().policy;
  const issuer = (): string => server().policy.issuer;
  const listener = createSandboxListener({
    handle: async (request) => {
      const response = await instance.handle(request);
      instance.makeMoreKeys();
      return response;
    },
    configuration: options,
    clock,
    maxBodyBytes,
    onListening: instance.settle,
  });
  const close = async (): Promise<void> => {
    const stopping = instance.close();
    await listener.close();
    await stopping;
  };

  const revokeClientTokens = (clientId: string): Promise<void> =>
    server().revokeClientTokens(clientId);

  return {
    get issuer() {
      return issuer();
    },
    handle: instance.handle,
    fetch: createFetch({ handle: instance.handle, maxBodyBytes, issuer }),
    clock,
    listen: listener.listen,
    clients,
    keys,
    faults,
    scenarios: createSandboxScenarios({ clients, keys, faults, revokeClientTokens }),
    revocationFeed,
    audit,
    explanations: instance.explanations,
    requests: createSandboxRequests(instance.journal, () => new URL(issuer()).origin),
    revokeClientTokens,
    issueToken: instance.issueToken,
    reset: instance.reset,
    reconfigure: instance.reconfigure,
    close,
    [Symbol.asyncDispose]: close,
  };
}
