import type { ClockSkewOptions, OutageOptions, ThrottleOptions } from "./fault-scenarios.ts";
import { clockSkew, outage, throttle } from "./fault-scenarios.ts";
import type {
  KeyRotationScenarioOptions,
  KeyRotationScenario,
  SecretRotationScenarioOptions,
  SecretRotationScenario,
} from "./rotation-scenarios.ts";
import { keyRotation, secretRotation } from "./rotation-scenarios.ts";
import type { Scenario, ScenarioOperations } from "./scenario.ts";
import { createScenario } from "./scenario.ts";

/** What happens to every integration one day, one call each. Its time is that of the sandbox's clock. */
export interface SandboxScenarios {
  /** Gives a client a new secret; the older ones stay good for the overlap. @throws {@link ConfigurationError} */
  readonly secretRotation: (
    clientId: string,
    options?: SecretRotationScenarioOptions,
  ) => Promise<SecretRotationScenario>;

  /** Lets a new key take over; tokens of the older ones stay good. */
  readonly keyRotation: (options?: KeyRotationScenarioOptions) => Promise<KeyRotationScenario>;

  /** Ends all tokens that a client holds. That is final: `end` changes nothing. @throws {@link ConfigurationError} */
  readonly revocation: (clientId: string) => Promise<Scenario>;

  /** Lets nobody reach the server. */
  readonly outage: (options?: OutageOptions) => Promise<Scenario>;

  /** Answers 429 with `Retry-After`. */
  readonly throttle: (options?: ThrottleOptions) => Promise<Scenario>;

  /** Lets the server have another clock than everybody else. */
  readonly clockSkew: (options: ClockSkewOptions) => Promise<Scenario>;
}

/** Makes the scenarios over the public operations of a sandbox. */
export function createSandboxScenarios(operations: ScenarioOperations): SandboxScenarios {
  const { clients, revokeClientTokens, inTurn } = operations;
  return {
    secretRotation: (clientId, options = {}) =>
      inTurn(() => secretRotation(clientId, options, operations)),
    keyRotation: (options = {}) => inTurn(() => keyRotation(options, operations)),
    revocation: (clientId) =>
      inTurn(async () => {
        await revokeClientTokens(clients.get(clientId).id);
        return createScenario([], () => undefined, operations);
      }),
    outage: (options = {}) => inTurn(async () => outage(options, operations)),
    throttle: (options = {}) => inTurn(async () => throttle(options, operations)),
    clockSkew: (options) => inTurn(async () => clockSkew(options, operations)),
  };
}
