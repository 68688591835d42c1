/**
 * What the admin API is made of: nothing that a test in the same process could not do itself.
 *
 * @module
 */

import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type {
  ClientSecretSummary,
  IssuedClientSecret,
  ServerPolicy,
} from "@credicorp/oauth-core/authorization-server";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxClientChanges } from "../configuration/client-changes.ts";
import type { SandboxClientConfiguration } from "../configuration/configuration.ts";
import type { SandboxExplanations } from "../explanations/sandbox-explanations.ts";
import type { SandboxFaults } from "../faults/fault-rules.ts";
import type { SandboxRequests } from "../journal/sandbox-requests.ts";
import type { SandboxScenarios } from "../scenarios/sandbox-scenarios.ts";
import type { TokenOptions } from "../tokens/issue-token.ts";
import type { RequestCounters } from "./request-counters.ts";
import type { StartedScenarios } from "./started-scenarios.ts";

/** A client, as far as the admin API looks at it. */
export interface AdminClient {
  readonly id: string;
}

/** The clients of a sandbox or of a namespace. */
export interface AdminClients {
  readonly list: () => readonly AdminClient[];
  readonly create: (configuration: SandboxClientConfiguration) => Promise<AdminClient>;
  readonly change: (id: string, changes: SandboxClientChanges) => Promise<AdminClient>;
  readonly delete: (id: string) => Promise<void>;
  readonly secrets: (id: string) => Promise<readonly ClientSecretSummary[]>;
  readonly rotateSecret: (
    id: string,
    rotation: { readonly overlapSeconds: number; readonly notBefore?: number | undefined },
  ) => Promise<IssuedClientSecret>;
  readonly revokeSecret: (id: string, secretId: string) => Promise<void>;
}

/** A signing key, its private half left out. */
export interface AdminKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly phase: string;
}

/** The keys of a sandbox or of a namespace. */
export interface AdminKeys {
  readonly list: () => Promise<readonly AdminKey[]>;
  readonly rotate: (rotation: {
    readonly algorithm?: SignatureAlgorithm;
    readonly announceSeconds?: number;
  }) => Promise<AdminKey>;
  readonly revoke: (kid: string) => Promise<void>;
}

/** A namespace, for whoever made it. */
export interface AdminNamespace {
  readonly name: string;
  readonly issuer: string;
  readonly adminUrl: string;
  readonly adminToken: string;
}

/** What of the main sandbox a namespace may have otherwise. */
export interface AdminNamespaceOptions {
  readonly clients?: readonly SandboxClientConfiguration[] | undefined;
  readonly seed?: number | undefined;
}

/** The namespaces of a sandbox. */
export interface AdminNamespaces {
  readonly create: (name: string, options?: AdminNamespaceOptions) => Promise<AdminNamespace>;
  readonly list: () => readonly AdminNamespace[];
  readonly delete: (name: string) => Promise<boolean>;
}

/** The sandbox, or one namespace of it, that an admin API is about. */
export interface AdminSubject {
  /** Absent: the sandbox itself. */
  readonly name?: string | undefined;

  /** What its paths begin with; empty for the sandbox itself. */
  readonly pathPrefix: string;

  /** Of this moment. */
  readonly policy: () => ServerPolicy;
  readonly clock: SandboxClock;
  readonly clients: AdminClients;
  readonly keys: AdminKeys;
  readonly faults: SandboxFaults;
  readonly scenarios: SandboxScenarios;
  readonly started: StartedScenarios;

  /** What is being made, so that two requests at a time do not both make one: names, what they are of before them. */
  readonly inMaking: Set<string>;
  readonly requests: SandboxRequests;
  readonly explanations: Pick<SandboxExplanations, "explain">;
  readonly issueToken: (options?: TokenOptions) => Promise<string>;
  readonly revokeToken: (token: string) => Promise<void>;
  readonly revokeClientTokens: (clientId: string) => Promise<void>;
  readonly reset: () => Promise<void>;
  readonly counters: RequestCounters;

  /** Absent in a namespace: it has none of its own. */
  readonly namespaces?: AdminNamespaces | undefined;
}
