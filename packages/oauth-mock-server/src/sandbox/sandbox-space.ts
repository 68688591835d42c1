import type { RevocationFeed } from "@credicorp/oauth-core";
import type { AuditTrail } from "@credicorp/oauth-core/authorization-server";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxExplanations } from "../explanations/sandbox-explanations.ts";
import type { SandboxFaults } from "../faults/fault-rules.ts";
import type { SandboxFetch } from "../http/fetch-handler.ts";
import { createFetch } from "../http/fetch-handler.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import { readVersion } from "../version/read-version.ts";
import type { CertificateTrust } from "../http/shown-certificate.ts";
import type { SandboxRequests } from "../journal/sandbox-requests.ts";
import { createSandboxRequests } from "../journal/sandbox-requests.ts";
import type { SandboxScenarios } from "../scenarios/sandbox-scenarios.ts";
import { createSandboxScenarios } from "../scenarios/sandbox-scenarios.ts";
import type { TokenOptions } from "../tokens/issue-token.ts";
import type { SandboxClients } from "./sandbox-clients.ts";
import type { SandboxInstance } from "./sandbox-instance.ts";
import type { SandboxKeys } from "./sandbox-keys.ts";

/** What a sandbox has, and each of its namespaces has for itself. */
export interface SandboxSpace {
  /** Changes when the sandbox starts to listen, unless it was configured. */
  readonly issuer: string;

  /** Answers a request that is data; never rejects. */
  readonly handle: SandboxHandler;

  /** A standard `fetch` that reaches it without a port. */
  readonly fetch: SandboxFetch;

  /** Its time, to be moved: everything in it reads this clock. */
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
   * Issuer and keys stay, and so do tokens; subscribers too. With a `seed` the run can be repeated, and the keys are those
   * of the beginning again. A request in flight is answered by the old state, and none meets a part of the new one.
   */
  readonly reset: () => Promise<void>;

  /** Ends a token, whoever holds it. @throws {@link ConfigurationError} for what is no token with an id and an end */
  readonly revokeToken: (token: string) => Promise<void>;

  /** Ends all tokens that a client holds. */
  readonly revokeClientTokens: (clientId: string) => Promise<void>;
}

/** Shows an instance to its users; `handle` is how it is reached from outside. The issuer is for the caller to add. */
export function createSandboxSpace(
  instance: SandboxInstance,
  {
    clock,
    handle,
    isOwnPath,
    certificateTrust,
    onReset,
    closing,
  }: {
    readonly clock: SandboxClock;
    readonly handle: SandboxHandler;

    /** Tells the paths that `fetch` answers for. */
    readonly isOwnPath: (path: string) => boolean;

    /** What decides what the certificates of clients are worth. */
    readonly certificateTrust: CertificateTrust;

    /** Is called at the moment of a reset. */
    readonly onReset: () => void;

    /** Aborts when the space closes. */
    readonly closing: AbortSignal;
  },
): Omit<SandboxSpace, "issuer"> {
  const { server, clients, keys, faults, revocationFeed, audit } = instance;
  const issuer = (): string => server().policy.issuer;
  const { maxBodyBytes } = server().policy;
  const revokeClientTokens = (clientId: string): Promise<void> =>
    server().revokeClientTokens(clientId);
  let resets = 0;
  const scenarioOperations = {
    clients,
    keys,
    faults,
    revokeClientTokens,
    resets: () => resets,
    inTurn: instance.inTurn,
  };
  return {
    handle,
    fetch: createFetch({ handle, maxBodyBytes, issuer, isOwnPath, certificateTrust }),
    clock,
    clients,
    keys,
    faults,
    scenarios: createSandboxScenarios(scenarioOperations),
    revocationFeed,
    audit,
    explanations: instance.explanations,
    requests: createSandboxRequests(instance.journal, {
      origin: () => new URL(issuer()).origin,
      version: readVersion,
      closing,
    }),
    revokeClientTokens,
    issueToken: instance.issueToken,
    revokeToken: instance.revokeToken,
    reset: () =>
      instance.reset(() => {
        resets += 1;
        onReset();
      }),
  };
}
