import type { Revocation, RevocationFeed } from "../ports.ts";
import type { ContractCase, Wait } from "./contract.ts";
import { assertSame } from "./contract.ts";

/** An adapter under test. */
export interface RevocationFeedSubject {
  readonly revocationFeed: RevocationFeed;

  /** Epoch seconds, by the clock of the adapter. */
  readonly now: () => number;

  /** Lets what was appended reach the subscribers. */
  readonly wait: Wait;
}

/** What every {@link RevocationFeed} does. */
export const revocationFeedContract: readonly ContractCase<RevocationFeedSubject>[] = [
  {
    name: "gives a new reader everything, and a known reader the news",
    run: async ({ revocationFeed, now }) => {
      const first: Revocation = { kind: "token", jti: "a", expiresAt: now() + 60 };
      const second: Revocation = { kind: "client", clientId: "c", notBefore: now() };
      await revocationFeed.append(first);
      const start = await revocationFeed.poll(undefined);
      assertSame(start.revocations, [first], "everything");
      await revocationFeed.append(second);
      const news = await revocationFeed.poll(start.cursor);
      assertSame(news.revocations, [second], "news");
      assertSame((await revocationFeed.poll(news.cursor)).revocations, [], "no news");
    },
  },
  {
    name: "may be told the same thing twice",
    run: async ({ revocationFeed, now }) => {
      const revocation: Revocation = { kind: "token", jti: "twice", expiresAt: now() + 60 };
      await Promise.all([1, 2].map(async () => revocationFeed.append(revocation)));
      const { revocations } = await revocationFeed.poll(undefined);
      const tokens = revocations.flatMap((item) => (item.kind === "token" ? [item.jti] : []));
      assertSame([...new Set(tokens)], ["twice"], "tokens");
    },
  },
  {
    name: "never moves the date of a client back",
    run: async ({ revocationFeed, now }) => {
      const at = Math.floor(now());
      await revocationFeed.append({ kind: "client", clientId: "c", notBefore: at });
      await revocationFeed.append({ kind: "client", clientId: "c", notBefore: at - 100 });
      const { revocations } = await revocationFeed.poll(undefined);
      const dates = revocations.map((item) => (item.kind === "client" ? item.notBefore : 0));
      assertSame(Math.max(...dates), at, "latest date");
    },
  },
  {
    name: "keeps the revocations of a token, a client and a key of the same name apart",
    run: async ({ revocationFeed, now }) => {
      const all: readonly Revocation[] = [
        { kind: "key", kid: "same" },
        { kind: "token", jti: "same", expiresAt: now() + 60 },
        { kind: "client", clientId: "same", notBefore: Math.floor(now()) },
      ];
      for (const revocation of all) await revocationFeed.append(revocation);
      assertSame((await revocationFeed.poll(undefined)).revocations, all, "all three");
    },
  },
  {
    name: "never forgets a key, and a client neither",
    run: async ({ revocationFeed, now, wait }) => {
      const lasting: readonly Revocation[] = [
        { kind: "key", kid: "stolen" },
        { kind: "client", clientId: "c", notBefore: Math.floor(now()) },
      ];
      for (const revocation of lasting) await revocationFeed.append(revocation);
      for (let index = 0; index < 2000; index += 1) {
        await revocationFeed.append({ kind: "token", jti: `t${index}`, expiresAt: now() + 1 });
      }
      await wait(2);
      await revocationFeed.append({ kind: "token", jti: "last", expiresAt: now() + 60 });
      const { revocations } = await revocationFeed.poll(undefined);
      const kept = revocations.filter(({ kind }) => kind !== "token");
      assertSame(kept, lasting, "what is kept");
    },
  },
  {
    name: "gives a cursor from before a burst all of the burst, and twice the same when asked twice",
    run: async ({ revocationFeed, now }) => {
      const { cursor } = await revocationFeed.poll(undefined);
      const expiresAt = now() + 60;
      for (const jti of ["x", "y", "z"]) {
        await revocationFeed.append({ kind: "token", jti, expiresAt });
      }
      const once = await revocationFeed.poll(cursor);
      const again = await revocationFeed.poll(cursor);
      assertSame(once.revocations.length, 3, "the burst");
      assertSame(again.revocations, once.revocations, "the same again");
    },
  },
  {
    name: "loses nothing among many at once",
    run: async ({ revocationFeed, now }) => {
      const expiresAt = now() + 60;
      const ids = Array.from({ length: 100 }, (_, index) => `jti ${index}`);
      await Promise.all(
        ids.map(async (jti) => revocationFeed.append({ kind: "token", jti, expiresAt })),
      );
      const { revocations } = await revocationFeed.poll(undefined);
      const found = new Set(revocations.map((item) => (item.kind === "token" ? item.jti : "")));
      assertSame(
        ids.every((jti) => found.has(jti)),
        true,
        "all are there",
      );
    },
  },
  {
    name: "tells subscribers, until they leave",
    run: async ({ revocationFeed, now, wait }) => {
      const heard: Revocation[] = [];
      const leave = revocationFeed.subscribe((revocation) => heard.push(revocation));
      const expiresAt = now() + 60;
      await revocationFeed.append({ kind: "token", jti: "heard", expiresAt });
      await wait(1);
      leave();
      await revocationFeed.append({ kind: "token", jti: "unheard", expiresAt });
      await wait(1);
      assertSame(heard, [{ kind: "token", jti: "heard", expiresAt }], "heard");
    },
  },
];
