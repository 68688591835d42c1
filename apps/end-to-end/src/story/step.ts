import { isDeepStrictEqual } from "node:util";
import type { Hub } from "../hub.ts";

/** Something that a step claims, and whether it is so. */
export interface Fact {
  readonly text: string;
  readonly holds: boolean;

  /** What was found instead; present when the fact does not hold. */
  readonly found?: string;
}

/** One step of the story: what it is about, and how to find out whether it is true. */
export interface StoryStep {
  /** Such as `discover`; a failing step is reported by it. */
  readonly name: string;

  /** What happens, in one sentence. */
  readonly plot: string;
  readonly run: (hub: Hub) => Promise<readonly Fact[]>;
}

/** States a fact: what was `seen` is what was `expected`. Neither may hold a secret or a token. */
export function fact(
  text: string,
  evidence: { readonly seen: unknown; readonly expected: unknown },
): Fact {
  const { seen, expected } = evidence;
  if (isDeepStrictEqual(seen, expected)) return { text, holds: true };
  return { text, holds: false, found: JSON.stringify(seen) ?? "nothing" };
}
