import type { Clock, RecordStore } from "@credicorp/oauth-core";
import type { AuthorizationServer, KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { bytes } from "@credicorp/oauth-runtime";

import type { SandboxHandler } from "../http/sandbox-response.ts";
import type { Chance } from "../seed/chance.ts";
import { createSkewedServers, skewedClock } from "./clock-faults.ts";
import type { FaultRule } from "./fault.ts";
import type { FaultRules } from "./fault-rules.ts";
import { createFaultRules } from "./fault-rules.ts";
import { createStrangers } from "./strangers.ts";
import { withFaults } from "./with-faults.ts";

/** What a sandbox may be told about its faults. */
export interface FaultConfiguration {
  readonly faults?: readonly FaultRule[] | undefined;
  readonly seed?: number | undefined;
}

/** The faults of one sandbox, and its server with them. */
export interface SandboxFaultLayer {
  readonly rules: FaultRules;
  readonly handle: SandboxHandler;
}

/** Puts faults around a server. @throws {@link ConfigurationError} that names the first rule that is wrong. */
export function createSandboxFaults(
  configuration: FaultConfiguration,
  options: {
    readonly clock: Clock;
    readonly keys: RecordStore<KeyRecord>;
    readonly chance: Chance;

    /** The server of this moment. */
    readonly server: () => AuthorizationServer;

    /** The same server with another clock. */
    readonly serverBy: (clock: Clock) => AuthorizationServer;

    /** Is put around the server itself, whichever it is. */
    readonly withDecision: (handle: SandboxHandler) => SandboxHandler;
  },
): SandboxFaultLayer {
  const { clock, keys, chance, server, serverBy, withDecision } = options;
  const { random, signatureEngine } = chance;
  const rules = createFaultRules(configuration, { clock, random });
  const skewed = createSkewedServers(server, (seconds) => {
    const { handle: decide } = serverBy(skewedClock(clock, seconds));
    return withDecision(decide);
  });
  const strangers = createStrangers(signatureEngine);
  const handle = withFaults(
    {
      handle: withDecision((request) => server().handle(request)),
      skewed,
      policy: () => server().policy,
    },
    rules,
    { clock, keys, random, bytes, signatureEngine, strangers },
  );
  return { rules, handle };
}
