import type { TokenStore } from "../token-cache/token-store.ts";
import type { ContractCase, Wait } from "./contract.ts";
import { assertSame } from "./contract.ts";

/** An adapter under test. */
export interface TokenStoreSubject {
  readonly tokenStore: TokenStore;
  readonly wait: Wait;
}

/** What every {@link TokenStore} does. */
export const tokenStoreContract: readonly ContractCase<TokenStoreSubject>[] = [
  {
    name: "has nothing to begin with",
    run: async ({ tokenStore }) => {
      assertSame((await tokenStore.get("a")) ?? undefined, undefined, "unknown key");
      assertSame(await tokenStore.delete("a", "text"), false, "deletion of an unknown key");
    },
  },
  {
    name: "keeps the last text of each key, whatever its characters",
    run: async ({ tokenStore }) => {
      const odd = 'é\u0000\n"\u{1f511}';
      await tokenStore.set("a", "first", 60);
      await tokenStore.set("a", odd, 60);
      await tokenStore.set("__proto__", "another", 60);
      assertSame(await tokenStore.get("a"), odd, "last text");
      assertSame(await tokenStore.get("__proto__"), "another", "another key");
    },
  },
  {
    name: "forgets a text at its end, and not before",
    run: async ({ tokenStore, wait }) => {
      await tokenStore.set("short", "text", 2);
      await wait(1);
      assertSame(await tokenStore.get("short"), "text", "before its end");
      await wait(1.5);
      assertSame((await tokenStore.get("short")) ?? undefined, undefined, "after its end");
      assertSame(await tokenStore.delete("short", "text"), false, "deletion after its end");
    },
  },
  {
    name: "counts the time anew when a text is replaced",
    run: async ({ tokenStore, wait }) => {
      await tokenStore.set("again", "first", 1);
      await tokenStore.set("again", "second", 60);
      await wait(1.5);
      assertSame(await tokenStore.get("again"), "second", "text");
    },
  },
  {
    name: "deletes the text that was named, and never a newer one",
    run: async ({ tokenStore }) => {
      await tokenStore.set("a", "old", 60);
      await tokenStore.set("a", "new", 60);
      assertSame(await tokenStore.delete("a", "old"), false, "deletion of the old text");
      assertSame(await tokenStore.get("a"), "new", "text");
      assertSame(await tokenStore.delete("a", "new"), true, "deletion of the new text");
      assertSame((await tokenStore.get("a")) ?? undefined, undefined, "afterwards");
    },
  },
  {
    name: "lets exactly one of many at once delete a text",
    run: async ({ tokenStore }) => {
      for (let round = 0; round < 50; round += 1) {
        await tokenStore.set("shared", `text ${round}`, 60);
        const verdicts = await Promise.all(
          Array.from({ length: 10 }, async () => tokenStore.delete("shared", `text ${round}`)),
        );
        assertSame(verdicts.filter(Boolean).length, 1, `deleted in round ${round}`);
      }
    },
  },
  {
    name: "loses no newer text to deletions of the older one at the same time",
    run: async ({ tokenStore }) => {
      for (let round = 0; round < 50; round += 1) {
        await tokenStore.set("shared", "old", 60);
        await Promise.all([
          ...Array.from({ length: 5 }, async () => tokenStore.delete("shared", "old")),
          (async () => tokenStore.set("shared", "new", 60))(),
          ...Array.from({ length: 5 }, async () => tokenStore.delete("shared", "old")),
        ]);
        assertSame(await tokenStore.get("shared"), "new", `text in round ${round}`);
      }
    },
  },
];
