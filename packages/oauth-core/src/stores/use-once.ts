import type { ReplayStore } from "../ports.ts";

/** Something that is good for one use. */
export interface SingleUse {
  /** Unique among all that share the store: begin it with the kind of thing it is. */
  readonly key: string;

  /** From when on it is refused for its age alone, in seconds since the Unix epoch. */
  readonly expiresAt: number;
}

// The store's clock may be ahead of this one: it must not forget what is still good here.
const marginSeconds = 10;

/** Until when a thing is remembered, in seconds since the Unix epoch. */
export function rememberedUntil(expiresAt: number): number {
  return Math.ceil(expiresAt) + marginSeconds;
}

/** Uses a thing up, atomically over all nodes. @throws StoreUnavailableError when the store cannot tell. */
export async function useOnce(
  { key, expiresAt }: SingleUse,
  replayStore: ReplayStore,
): Promise<"first" | "again"> {
  const isFirst = await replayStore.putIfAbsent(key, rememberedUntil(expiresAt));
  return isFirst ? "first" : "again";
}
