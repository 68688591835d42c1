import type { Requirement } from "./requirement.ts";

/** Describes what a tester may expect of the sandbox. */
export function sandboxAbility(id: string, title: string): Requirement {
  return { id, strength: "recommended", since: "sandbox", title, sources: ["House decision"] };
}
