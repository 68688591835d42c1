import { assertSame } from "./contract.ts";
import type { SharedContractCase } from "./shared-contract.ts";
import { assertOneEach, numberNames } from "./shared-contract.ts";
import type { TokenStoreSubject } from "./token-store-contract.ts";

const keys = numberNames("key", 50);

async function keepOld({ tokenStore }: TokenStoreSubject): Promise<void> {
  for (const key of keys) await tokenStore.set(key, "old", 60);
}

/** What every {@link TokenStore} does that several processes share. */
export const sharedTokenStoreContract: readonly SharedContractCase<TokenStoreSubject>[] = [
  {
    name: "lets exactly one of all processes delete a text",
    prepare: keepOld,
    work: async ({ tokenStore }) => {
      const deleted: string[] = [];
      for (const key of keys) if (await tokenStore.delete(key, "old")) deleted.push(key);
      return deleted;
    },
    check: async (results) =>
      assertOneEach(results, keys, "texts not deleted by exactly one process"),
  },
  {
    name: "loses no newer text of one process to another's deletion of the older one",
    prepare: keepOld,
    work: async ({ tokenStore }, { index, count }) => {
      // Each process replaces some, so that nothing rests on who happens to be ahead of the others.
      for (const [position, key] of keys.entries()) {
        if (position % count === index) await tokenStore.set(key, "new", 60);
        else await tokenStore.delete(key, "old");
      }
      return [];
    },
    check: async (_, { tokenStore }) => {
      const lost: string[] = [];
      for (const key of keys) if ((await tokenStore.get(key)) !== "new") lost.push(key);
      assertSame(lost, [], "keys without the newer text");
    },
  },
];
