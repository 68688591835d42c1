import type { Requirement } from "./requirement.ts";

/** Describes a hostile token, key, request or peer, and belongs to the verifier. */
export function attack(id: string, title: string): Requirement {
  return { id, strength: "attack", since: "verifier", title, sources: ["Attack catalogue"] };
}
