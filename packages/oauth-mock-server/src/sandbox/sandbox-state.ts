import type { Clock } from "@credicorp/oauth-core";
import type {
  AuditListener,
  AuthorizationServerPorts,
  ClientRecord,
  KeyRecord,
  MemoryRecordStore,
} from "@credicorp/oauth-core/authorization-server";
import {
  createMemoryRateLimiter,
  createMemoryRecordStore,
  createMemoryReplayStore,
  createMemoryRevocationFeed,
} from "@credicorp/oauth-core/authorization-server";
import { bytes, certificateReader, digest, random, sleep } from "@credicorp/oauth-runtime";

import { createClientKeyTransport } from "../client-keys/client-key-transport.ts";
import type { SandboxConfiguration } from "../configuration/configuration.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { Chance } from "../seed/chance.ts";

/** What outlives the state: the keys, the time, those who listen, and what must not be shown. */
export interface LastingPorts {
  readonly clock: Clock;
  readonly keys: MemoryRecordStore<KeyRecord>;
  readonly audit: AuditListener;
  readonly secrets: KnownSecrets;
}

/** What a server reaches its state by; several of its rows can be changed at once. */
export interface SandboxPorts extends AuthorizationServerPorts {
  readonly secrets: KnownSecrets;
  readonly keys: MemoryRecordStore<KeyRecord>;
  readonly clients: MemoryRecordStore<ClientRecord>;
}

/**
 * Makes the state of an authorization server in memory, and the ports that reach it.
 *
 * A sandbox that is reset gets a new one; a request that is in flight then ends in the old one.
 */
export function createSandboxState(
  { clientKeySets }: Pick<SandboxConfiguration, "clientKeySets">,
  { lasting, chance }: { readonly lasting: LastingPorts; readonly chance: Chance },
): SandboxPorts {
  const { clock } = lasting;
  return {
    ...lasting,
    ...chance,
    // Whatever the seed: explanations are found by the ids of requests.
    requestRandom: random,
    bytes,
    digest,
    certificateReader,
    clients: createMemoryRecordStore<ClientRecord>(),
    rateLimiter: createMemoryRateLimiter(clock),
    revocationFeed: createMemoryRevocationFeed(clock),
    replayStore: createMemoryReplayStore(clock),
    clientKeyTransport: clientKeySets && createClientKeyTransport(clientKeySets),
    // Of real time: a clock that is moved by hand must not decide when a store is late.
    sleep,
  };
}
