import type { Requirement } from "./requirement.ts";

/** Describes what breaks in client libraries, and belongs to the client. */
export function pitfall(id: string, title: string): Requirement {
  return { id, strength: "pitfall", since: "client", title, sources: ["Client pitfalls"] };
}
