import type { Benchmark } from "@credicorp/benchmarks";
import { runPairedRounds } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

function recordingBenchmark(calls: string[], measureOurs: () => Promise<number>): Benchmark {
  return {
    name: "recording",
    unit: "calls/s",
    limit: "nothing",
    band: { typical: 1, min: 0.6, max: 2 },
    start: async () => ({
      measureLimit: async () => calls.push("limit"),
      measureOurs: async () => {
        calls.push("ours");
        return measureOurs();
      },
      close: async () => {
        calls.push("close");
      },
    }),
  };
}

it("warms both up, alternates, and closes", async () => {
  const calls: string[] = [];

  const rounds = await runPairedRounds(
    recordingBenchmark(calls, async () => 1),
    2,
  );

  expect(rounds).toHaveLength(2);
  expect(calls).toEqual(["limit", "ours", "limit", "ours", "limit", "ours", "close"]);
});

it("closes, so that no server process stays behind, when a contender fails", async () => {
  const calls: string[] = [];
  const failing = recordingBenchmark(calls, async () => {
    throw new Error("answered with 500");
  });

  await expect(runPairedRounds(failing, 1)).rejects.toThrow("answered with 500");
  expect(calls.at(-1)).toBe("close");
});
