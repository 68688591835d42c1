import type { RequirementSection } from "./requirement.ts";
import { pitfall } from "./pitfall.ts";

/** Pitfalls CLI-16 to CLI-19. */
export const clientStorePitfalls: RequirementSection = {
  title: "Client: keys and stores",
  requirements: [
    pitfall(
      "CLI-16",
      "The cache key covers all that shapes a token, unambiguously, and holds no secret",
    ),
    pitfall(
      "CLI-17",
      "The key has the requested scopes; a narrower grant is surfaced, a broader token not reused",
    ),
    pitfall(
      "CLI-18",
      "Memory is bounded; a store that is down is a miss; entries can be encrypted",
    ),
    pitfall(
      "CLI-19",
      'A lease has an owner, an end and a safe release, and "held" differs from "down"',
    ),
  ],
};
