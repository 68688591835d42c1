import type { SharedWorker } from "@credicorp/oauth-core/testing";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("worker.mjs", import.meta.url));

/** The work of one case, on the adapters over one folder. */
export interface WorkerTask {
  readonly port: string;
  readonly name: string;
  readonly worker: SharedWorker;
  readonly root: string;
  readonly racy: boolean;
}

/** A process that works, on several tasks at once if need be. */
export interface WorkerProcess {
  readonly run: (task: WorkerTask) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly task: number;
  readonly results?: readonly string[];
  readonly error?: string;
}

/** Forks a process, and resolves when it is up. */
export async function startWorkerProcess(): Promise<WorkerProcess> {
  const child = fork(program, { execArgv: [] });
  const exited = once(child, "exit");
  await Promise.race([
    once(child, "message"),
    exited.then(([code]) => Promise.reject(new Error(`The worker ended with ${code}`))),
  ]);

  const waiting = new Map<number, (answer: Answer) => void>();
  let tasks = 0;
  child.on("message", (answer: Answer) => waiting.get(answer.task)?.(answer));
  child.on("exit", () => {
    for (const [task, settle] of waiting) settle({ task, error: "The worker ended" });
  });

  return {
    run: async (workerTask) => {
      tasks += 1;
      const task = tasks;
      const answer = await new Promise<Answer>((resolve) => {
        waiting.set(task, resolve);
        child.send({ task, ...workerTask });
      });
      waiting.delete(task);
      if (answer.results === undefined) throw new Error(answer.error);
      return answer.results;
    },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
