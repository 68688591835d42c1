import type { KeyTask } from "./key-plan.ts";
import { planKeys } from "./key-plan.ts";
import type { KeyRecord } from "./key-record.ts";
import type { KeySuccessionPorts } from "./key-succession.ts";
import { amendKey, announceSuccessor } from "./key-succession.ts";

/** A task that makes no key. */
export type TidyingTask = Exclude<KeyTask, { readonly kind: "create" | "succeed" }>;

/** Completes the rotations that have begun, whoever began them, and ends the keys of the past. */
export async function tidyKeys(
  retainMarginSeconds: number,
  ports: KeySuccessionPorts,
): Promise<void> {
  const schedule = { announceSeconds: 0, retainMarginSeconds, algorithms: [] };
  const { tasks } = planKeys(await ports.keys.list(), schedule, ports.clock.now());
  for (const task of tasks) if (isTidying(task)) await runTidyingTask(task, ports);
}

/** Tells whether a task makes no key. */
export function isTidying(task: KeyTask): task is TidyingTask {
  return task.kind !== "create" && task.kind !== "succeed";
}

/** Does a task; resolves to the key that it has announced, if it has. */
export async function runTidyingTask(
  task: TidyingTask,
  ports: KeySuccessionPorts,
): Promise<KeyRecord | undefined> {
  const { keys } = ports;
  if (task.kind === "publish") return announceSuccessor(task.kid, ports);
  if (task.kind === "keep") {
    const { id, version, value } = task.row;
    const { retainAt: _retainAt, removeAt: _removeAt, ...kept } = value;
    await keys.compareAndSet(id, version, kept);
    return undefined;
  }
  if (task.kind === "forget") {
    const row = await keys.get(task.kid);
    if (row !== undefined) await keys.compareAndSet(task.kid, row.version, undefined);
    return undefined;
  }
  const { retainAt, removeAt } = task;
  await amendKey(
    task.kid,
    (value) =>
      (value.retainAt ?? Infinity) <= retainAt ? undefined : { ...value, retainAt, removeAt },
    keys,
  );
  return undefined;
}
