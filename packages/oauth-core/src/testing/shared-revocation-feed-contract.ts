import type { Revocation } from "../ports.ts";
import type { Wait } from "./contract.ts";
import { assertSame } from "./contract.ts";
import type { RevocationFeedSubject } from "./revocation-feed-contract.ts";
import type { SharedContractCase } from "./shared-contract.ts";
import { numberNames } from "./shared-contract.ts";

/** How many tokens each process revokes. */
const perProcess = 30;
const clientIds = numberNames("client", 20);
const rounds = 5;
const firstDate = 1_600_000_000;

function ownNames(index: number): readonly string[] {
  return numberNames(`process ${index} token`, perProcess);
}

function allNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => ownNames(index)).flat();
}

async function append({ revocationFeed, now }: RevocationFeedSubject, jti: string): Promise<void> {
  await revocationFeed.append({ kind: "token", jti, expiresAt: now() + 60 });
}

function tokenNames(revocations: readonly Revocation[]): readonly string[] {
  return revocations.flatMap((item) => (item.kind === "token" ? [item.jti] : []));
}

/** Waits until `isDone`, for about four seconds; what is missing then is the check's to tell. */
async function waitUntil(isDone: () => Promise<boolean>, wait: Wait): Promise<void> {
  for (let tries = 0; tries < 80; tries += 1) {
    if (await isDone()) return;
    await wait(0.05);
  }
}

/** Reads on from cursor to cursor, until all of `names` were seen. */
async function readAll(
  { revocationFeed, wait }: RevocationFeedSubject,
  names: readonly string[],
): Promise<readonly string[]> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  await waitUntil(async () => {
    const news = await revocationFeed.poll(cursor);
    cursor = news.cursor;
    for (const name of tokenNames(news.revocations)) seen.add(name);
    return names.every((name) => seen.has(name));
  }, wait);
  return [...seen];
}

function assertEachHasAll(results: readonly (readonly string[])[], what: string): void {
  const names = allNames(results.length);
  const missing = results.flatMap((result, index) => {
    const had = new Set(result);
    return names.filter((name) => !had.has(name)).map((name) => `${name} in process ${index}`);
  });
  assertSame(missing, [], what);
}

/** What every {@link RevocationFeed} does that several processes share. */
export const sharedRevocationFeedContract: readonly SharedContractCase<RevocationFeedSubject>[] = [
  {
    name: "loses nothing that any process appends",
    work: async (subject, { index }) => {
      for (const jti of ownNames(index)) await append(subject, jti);
      return [];
    },
    check: async (results, { revocationFeed }) => {
      const kept = new Set(tokenNames((await revocationFeed.poll(undefined)).revocations));
      const lost = allNames(results.length).filter((name) => !kept.has(name));
      assertSame(lost, [], "lost revocations");
    },
  },
  {
    name: "keeps the latest date that any process gave a client",
    work: async ({ revocationFeed }, { index, count }) => {
      for (let round = rounds - 1; round >= 0; round -= 1) {
        for (const clientId of clientIds) {
          const notBefore = firstDate + round * count + index;
          await revocationFeed.append({ kind: "client", clientId, notBefore });
        }
      }
      return [];
    },
    check: async (results, { revocationFeed }) => {
      const { revocations } = await revocationFeed.poll(undefined);
      const dates = clientIds.map((clientId) =>
        Math.max(
          ...revocations.map((item) =>
            item.kind === "client" && item.clientId === clientId ? item.notBefore : 0,
          ),
        ),
      );
      const latest = firstDate + rounds * results.length - 1;
      const expected = clientIds.map(() => latest);
      assertSame(dates, expected, "latest dates");
    },
  },
  {
    name: "gives every process that reads on from its cursor all that any process appends",
    work: async (subject, worker) => {
      const reading = readAll(subject, allNames(worker.count));
      for (const jti of ownNames(worker.index)) await append(subject, jti);
      return reading;
    },
    check: async (results) => assertEachHasAll(results, "revocations that were not read"),
  },
  {
    name: "tells the subscribers of every process what any process appends",
    work: async (subject, worker) => {
      const heard = new Set<string>();
      const leave = subject.revocationFeed.subscribe((revocation) => {
        for (const name of tokenNames([revocation])) heard.add(name);
      });
      await subject.wait(1);
      // All have subscribed before anything is appended that all must hear.
      await append(subject, `subscriber ${worker.index}`);
      await readAll(subject, numberNames("subscriber", worker.count));

      for (const jti of ownNames(worker.index)) await append(subject, jti);
      const names = allNames(worker.count);
      await waitUntil(async () => names.every((name) => heard.has(name)), subject.wait);
      leave();
      return [...heard];
    },
    check: async (results) => assertEachHasAll(results, "revocations that were not heard"),
  },
];
