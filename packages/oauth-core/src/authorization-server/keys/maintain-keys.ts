import type { KeySchedule, KeyTask } from "./key-plan.ts";
import { planKeys } from "./key-plan.ts";
import type { KeyRecord } from "./key-record.ts";
import { announceSuccessor, chooseSuccessor } from "./key-succession.ts";
import type { KeyRotationPorts } from "./rotate-key.ts";
import { makeKey, rotateKey } from "./rotate-key.ts";
import { isTidying, runTidyingTask } from "./tidy-keys.ts";

/** What was done about the keys. */
export interface KeyMaintenance {
  /** The keys that this node has announced. */
  readonly announced: readonly KeyRecord[];

  /** When to look again at the latest (epoch seconds); `undefined`: when something changes. */
  readonly nextAt: number | undefined;
}

/** Rounds until a plan is empty: one for what is due, one for what that brings about, one for other nodes. */
const maxRounds = 4;

/**
 * Does what is due now about the keys: rotations by schedule, what other rotations have left undone, removals.
 *
 * Several nodes may do it at once over one store; each due rotation happens once.
 */
export async function maintainKeys(
  schedule: KeySchedule,
  ports: KeyRotationPorts,
): Promise<KeyMaintenance> {
  const announced: KeyRecord[] = [];
  for (let round = 1; ; round += 1) {
    const now = ports.clock.now();
    const { tasks, nextAt } = planKeys(await ports.keys.list(), schedule, now);
    if (tasks.length === 0) return { announced, nextAt };
    if (round > maxRounds) return { announced, nextAt: now };
    for (const task of tasks) {
      const key = await runTask(task, schedule, ports);
      if (key !== undefined) announced.push(key);
    }
  }
}

/** Resolves to the key that was announced, if one was. */
async function runTask(
  task: KeyTask,
  schedule: KeySchedule,
  ports: KeyRotationPorts,
): Promise<KeyRecord | undefined> {
  if (isTidying(task)) return runTidyingTask(task, ports);
  if (task.kind === "create") {
    const { retainMarginSeconds } = schedule;
    return rotateKey({ algorithm: task.algorithm, announceSeconds: 0, retainMarginSeconds }, ports);
  }
  const { row, dueAt } = task;
  const { announceSeconds } = schedule;
  const key = await makeKey(row.value.algorithm, undefined, ports);
  if (!(await chooseSuccessor(row, { ...key, announceSeconds, dueAt }, ports))) return undefined;
  return announceSuccessor(row.id, ports);
}
