import type { Clock, RecordStore } from "@credicorp/oauth-core";
import type { AuthorizationServer, KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { bytes, random as requestRandom } from "@credicorp/oauth-runtime";

import type { SandboxHandler } from "../http/sandbox-response.ts";
import type { Chance } from "../seed/chance.ts";
import type { AskingHandler } from "./asking-handler.ts";
import { createSkewedHandlers, skewedClock } from "./clock-faults.ts";
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
    readonly server: () => Pick<AuthorizationServer, "policy">;

    /** Answers as it does. */
    readonly handle: AskingHandler;

    /** Makes a handler that answers as it would by another clock. */
    readonly handleBy: (clock: Clock) => AskingHandler;
  },
): SandboxFaultLayer {
  const { clock, keys, chance, server, handle, handleBy } = options;
  const { random, signatureEngine } = chance;
  const rules = createFaultRules(configuration, { clock, random });
  const skewed = createSkewedHandlers(server, (seconds) => handleBy(skewedClock(clock, seconds)));
  const strangers = createStrangers(signatureEngine);
  const ports = { clock, keys, random, requestRandom, bytes, signatureEngine, strangers };
  const faulted = withFaults({ handle, skewed, policy: () => server().policy }, rules, ports);
  return { rules, handle: faulted };
}
