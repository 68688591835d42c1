import type { CancelSignal, Sleep } from "../../ports.ts";
import type { SignatureAlgorithm } from "../../signature-engine.ts";
import type { AuditDecision } from "../audit-event.ts";
import type { ServerContext } from "../server-context.ts";
import { keepKeys } from "./keep-keys.ts";
import type { KeySchedule } from "./key-plan.ts";
import type { KeyRecord } from "./key-record.ts";
import { maintainKeys } from "./maintain-keys.ts";
import { rotateKey } from "./rotate-key.ts";

/** A key as operators see it: its dates, without the key itself. */
export type KeySummary = Omit<KeyRecord, "jwk" | "successor">;

/** How a key is rotated by command. */
export interface KeyRotationCommand {
  /** @defaultValue that of the tokens */
  readonly algorithm?: SignatureAlgorithm | undefined;

  /**
   * How long the JWKS shows the key before it signs. Less than the policy's is for emergencies: some verifiers will meet
   * a key that they do not know yet. @defaultValue that of the policy
   */
  readonly announceSeconds?: number | undefined;
}

/** What operators do about the signing keys. */
export interface KeyOperations {
  /** Announces a new key, which takes over in time. */
  readonly rotateKey: (command?: KeyRotationCommand) => Promise<KeySummary>;

  /**
   * Does what is due now: rotations by schedule, what a node that stopped halfway has left undone, removals. Resolves to
   * when to call it again at the latest (epoch seconds); rejects when a store fails.
   */
  readonly maintainKeys: () => Promise<number | undefined>;

  /** Calls `maintainKeys` whenever it is time, until the signal aborts; never rejects. Failures are audit events. */
  readonly keepKeys: (sleep: Sleep, signal: CancelSignal) => Promise<void>;
}

/** Makes the operations on the keys of a server; `report` is told what they have done. */
export function createKeyOperations(
  { policy, ports }: Pick<ServerContext, "policy" | "ports">,
  report: (decision: AuditDecision) => void,
): KeyOperations {
  const { accessTokenAlgorithm, keyRotation } = policy;
  const schedule: KeySchedule = {
    ...keyRotation,
    // As long as before: the last tokens of a node that lags, and the last copies of the JWKS.
    retainMarginSeconds: keyRotation.announceSeconds,
    algorithms: [accessTokenAlgorithm],
  };
  const reportRotation = (key: KeyRecord, by: "command" | "schedule"): void => {
    const { kid, algorithm, signAt } = key;
    report({ type: "signing_key_rotated", kid, algorithm, signAt, by });
  };
  const maintain = async (): Promise<number | undefined> => {
    const { announced, nextAt } = await maintainKeys(schedule, ports);
    for (const key of announced) reportRotation(key, "schedule");
    return nextAt;
  };
  const onFailure = (cause: unknown): void => report({ type: "key_maintenance_failed", cause });

  return {
    rotateKey: async (command = {}) => {
      const { algorithm = accessTokenAlgorithm, announceSeconds = keyRotation.announceSeconds } =
        command;
      const { retainMarginSeconds } = schedule;
      const key = await rotateKey({ algorithm, announceSeconds, retainMarginSeconds }, ports);
      reportRotation(key, "command");
      const { jwk: _jwk, successor: _successor, ...summary } = key;
      return summary;
    },
    maintainKeys: maintain,
    keepKeys: (sleep, signal) => keepKeys({ ...ports, maintain, onFailure, sleep }, signal),
  };
}
