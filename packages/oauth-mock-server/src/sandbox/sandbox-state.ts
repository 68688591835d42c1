import type { Clock, RecordStore } from "@credicorp/oauth-core";
import type {
  AuditListener,
  AuthorizationServerPorts,
  ClientRecord,
  KeyRecord,
} from "@credicorp/oauth-core/authorization-server";
import {
  createMemoryRateLimiter,
  createMemoryRecordStore,
  createMemoryReplayStore,
  createMemoryRevocationFeed,
} from "@credicorp/oauth-core/authorization-server";
import { bytes, certificateReader, digest, sleep } from "@credicorp/oauth-runtime";

import { createClientKeyTransport } from "../client-keys/client-key-transport.ts";
import type { SandboxConfiguration } from "../configuration/configuration.ts";
import type { Chance } from "../seed/chance.ts";

/** What outlives the state: the keys, the time, chance, and those who listen. */
export interface LastingPorts extends Chance {
  readonly clock: Clock;
  readonly keys: RecordStore<KeyRecord>;
  readonly audit: AuditListener;
}

/**
 * Makes the state of an authorization server in memory, and the ports that reach it.
 *
 * A sandbox that is reset gets a new one; a request that is in flight then ends in the old one.
 */
export function createSandboxState(
  { clientKeySets }: Pick<SandboxConfiguration, "clientKeySets">,
  lasting: LastingPorts,
): AuthorizationServerPorts {
  const { clock } = lasting;
  return {
    ...lasting,
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
