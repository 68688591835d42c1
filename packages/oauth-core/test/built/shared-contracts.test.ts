import type { SharedContractCase } from "@credicorp/oauth-core/testing";
import { runSharedCase } from "@credicorp/oauth-core/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { FolderSubject } from "./support/folder-subject.mjs";
import { createFolderSubject, sharedContracts } from "./support/folder-subject.mjs";
import type { WorkerProcess } from "./support/worker-process.ts";
import { startWorkerProcess } from "./support/worker-process.ts";

const processes = 4;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  workers.push(...(await Promise.all(Array.from({ length: processes }, startWorkerProcess))));
});
afterAll(async () => {
  await Promise.all(workers.map(({ stop }) => stop()));
});

const cases = Object.entries(sharedContracts).flatMap(([port, contract]) =>
  contract.map((sharedCase) => [`${port} ${sharedCase.name}`, port, sharedCase] as const),
);

/** Runs a case in four processes over a folder of its own. */
async function run(
  port: string,
  sharedCase: SharedContractCase<FolderSubject>,
  { racy }: { readonly racy: boolean },
): Promise<void> {
  const { name } = sharedCase;
  const root = await mkdtemp(join(tmpdir(), "oauth-core-shared-"));
  try {
    await runSharedCase(sharedCase, {
      subject: createFolderSubject(root, { racy }),
      processes,
      workIn: (worker) => workers[worker.index]!.run({ port, name, worker, root, racy }),
    });
  } finally {
    await rm(root, { recursive: true });
  }
}

describe("adapters over a folder that four processes share", () => {
  it.each(cases)("%s", async (_, port, sharedCase) => {
    await expect(run(port, sharedCase, { racy: false })).resolves.toBeUndefined();
  });
});

describe.concurrent("adapters that read, wait and write", () => {
  it.each(cases)("break the contract: %s", async (_, port, sharedCase) => {
    // The words of a check: no process failed, but what they did together is wrong.
    await expect(run(port, sharedCase, { racy: true })).rejects.toThrow(
      /^[^:]+: expected .+, got /,
    );
  });
});

describe("runSharedCase", () => {
  it("refuses to run in one process, which shows nothing", async () => {
    const running = runSharedCase(
      { name: "case", work: async () => [], check: async () => undefined },
      { subject: undefined, processes: 1, workIn: async () => [] },
    );

    await expect(running).rejects.toThrow("One process shares nothing");
  });

  it("fails when one of the processes fails", async () => {
    const running = runSharedCase(
      { name: "case", work: async () => [], check: async () => undefined },
      {
        subject: undefined,
        processes: 2,
        workIn: async ({ index }) => {
          if (index === 1) throw new Error("process 1 failed");
          return [];
        },
      },
    );

    await expect(running).rejects.toThrow("process 1 failed");
  });

  it("gives the check what each process resolved to, by its index", async () => {
    const seen: unknown[] = [];
    await runSharedCase(
      { name: "case", work: async () => [], check: async (results) => void seen.push(results) },
      {
        subject: undefined,
        processes: 3,
        workIn: async ({ index, count }) => [`${index} of ${count}`],
      },
    );

    expect(seen).toEqual([[["0 of 3"], ["1 of 3"], ["2 of 3"]]]);
  });
});
