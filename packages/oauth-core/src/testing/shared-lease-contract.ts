import { assertSame } from "./contract.ts";
import type { LeaseSubject } from "./lease-contract.ts";
import type { SharedContractCase } from "./shared-contract.ts";
import { assertOneEach, numberNames } from "./shared-contract.ts";

const minuteMs = 60_000;
const turns = 10;
const rounds = numberNames("round", 50);
const shortKeys = numberNames("short", 50);

/** Has the lease for a moment. A second lease, which only its holder asks for, tells when there are two holders. */
async function takeTurn({ lease, wait }: LeaseSubject, owner: string): Promise<string> {
  for (let tries = 0; !(await lease.acquire("door", owner, minuteMs)); tries += 1) {
    if (tries === 1000) return "never had its turn";
    await wait(0.005);
  }
  const isAlone = await lease.acquire("inside", owner, minuteMs);
  await wait(0.002);
  const wasAlone = await lease.release("inside", owner);
  const hadLease = await lease.release("door", owner);
  return isAlone && wasAlone && hadLease ? "alone" : "not alone";
}

/** What every {@link Lease} does that several processes share. */
export const sharedLeaseContract: readonly SharedContractCase<LeaseSubject>[] = [
  {
    name: "is had by exactly one of all processes",
    work: async ({ lease }, { index }) => {
      const had: string[] = [];
      for (const round of rounds) {
        if (await lease.acquire(round, `owner ${index}`, minuteMs)) had.push(round);
      }
      return had;
    },
    check: async (results) =>
      assertOneEach(results, rounds, "leases not had by exactly one process"),
  },
  {
    name: "goes from process to process, and has one holder at a time",
    work: async (subject, { index }) => {
      const moments: string[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        moments.push(await takeTurn(subject, `owner ${index}`));
      }
      return moments;
    },
    check: async (results) => {
      const moments = results.flat();
      const expected = Array.from({ length: results.length * turns }, () => "alone");
      assertSame(moments, expected, "turns");
    },
  },
  {
    // A process that comes late prolongs what it has, for all: the last one to try finds it ended.
    name: "goes, when its time is up, to exactly one of all processes",
    work: async ({ lease, wait }, { index }) => {
      const owner = `owner ${index}`;
      for (const key of shortKeys) await lease.acquire(key, owner, 1000);
      await wait(1.5);
      const had: string[] = [];
      for (const key of shortKeys) if (await lease.acquire(key, owner, minuteMs)) had.push(key);
      return had;
    },
    check: async (results) =>
      assertOneEach(results, shortKeys, "ended leases not had by exactly one process"),
  },
];
