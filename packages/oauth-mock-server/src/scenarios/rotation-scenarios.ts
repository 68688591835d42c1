import { ConfigurationError } from "@credicorp/oauth-core";

import type { Duration } from "../clock/duration.ts";
import { parseDuration } from "../clock/duration.ts";
import type { FaultHandle } from "../faults/fault-rules.ts";
import type { Scenario, ScenarioKey, ScenarioOperations } from "./scenario.ts";
import { createScenario } from "./scenario.ts";

/** How a secret follows on another. */
export interface SecretRotationScenarioOptions {
  /** How long the older secrets stay good, by the clock of the sandbox. @defaultValue `1h` */
  readonly overlap?: Duration | undefined;
}

/** A secret that is being rotated; `end` ends the overlap: the older ones are refused from then on. */
export interface SecretRotationScenario extends Scenario {
  readonly secretId: string;

  /** The new one, which `clients.get` answers too. */
  readonly secret: string;
}

/** How a signing key follows on another. */
export interface KeyRotationScenarioOptions {
  /** How long the JWKS shows the new key before it signs. @defaultValue 0 */
  readonly announced?: Duration | undefined;

  /** How long after it begins to sign the JWKS shows the new key, as it should not be. @defaultValue 0 */
  readonly publishedLateBy?: Duration | undefined;
}

/** A key that is being rotated; `end` ends the overlap: the older keys of its algorithm and all their tokens are refused. */
export interface KeyRotationScenario extends Scenario {
  readonly kid: string;
}

/** Gives a client a new secret beside the older ones. */
export async function secretRotation(
  clientId: string,
  { overlap = "1h" }: SecretRotationScenarioOptions,
  { clients, resets }: Pick<ScenarioOperations, "clients" | "resets">,
): Promise<SecretRotationScenario> {
  const overlapSeconds = secondsOf("overlap", overlap);
  const { id: secretId, secret } = await clients.rotateSecret(clientId, { overlapSeconds });
  const endOverlap = async (): Promise<void> => {
    for (const { id } of await clients.secrets(clientId)) {
      if (id !== secretId) await clients.revokeSecret(clientId, id);
    }
  };
  const scenario = createScenario([], endOverlap, { resets });
  return { ...scenario, secretId, secret };
}

/** Lets a new key take over. */
export async function keyRotation(
  { announced = 0, publishedLateBy = 0 }: KeyRotationScenarioOptions,
  { keys, faults, resets }: Pick<ScenarioOperations, "keys" | "faults" | "resets">,
): Promise<KeyRotationScenario> {
  const announceSeconds = secondsOf("announced", announced);
  const lateBySeconds = secondsOf("publishedLateBy", publishedLateBy);
  const before = new Set((await keys.list()).map((key) => key.kid));
  const late = { fault: "key_published_late", lateBySeconds } as const;
  // Until it has a name, any new key is meant: nobody shall see it for a moment.
  const unnamed = lateBySeconds > 0 ? faults.add(late) : undefined;
  let rule: FaultHandle | undefined;
  let made: ScenarioKey;
  try {
    made = await keys.rotate({ announceSeconds });
    if (unnamed !== undefined) rule = faults.add({ ...late, kid: made.kid });
  } finally {
    unnamed?.remove();
  }
  const { kid, algorithm } = made;
  const endOverlap = async (): Promise<void> => {
    rule?.remove();
    for (const key of await keys.list()) {
      if (key.algorithm === algorithm && before.has(key.kid)) await keys.revoke(key.kid);
    }
  };
  const scenario = createScenario(rule === undefined ? [] : [rule.id], endOverlap, { resets });
  return { ...scenario, kid };
}

function secondsOf(option: string, duration: Duration): number {
  const seconds = Math.round(parseDuration(duration) / 1000);
  if (seconds >= 0) return seconds;
  throw new ConfigurationError(option, `${option} must not be negative`);
}
