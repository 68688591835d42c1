import type { RequirementSection } from "./requirement.ts";
import { sandboxAbility } from "./sandbox-ability.ts";

/** Requirements TST-01 and following. */
export const sandboxTestingRequirements: RequirementSection = {
  title: "The sandbox in a test",
  requirements: [
    sandboxAbility(
      "TST-01",
      "A test of vitest or node:test that asks for a sandbox has one of its own",
    ),
    sandboxAbility(
      "TST-02",
      "Without a port, answers, streams, aborts and broken deliveries are as over one",
    ),
    sandboxAbility("TST-03", "The dispatcher refuses requests to other origins, or passes them on"),
    sandboxAbility(
      "TST-04",
      "Sandboxes in one process do not meet, nor do the tests that have them",
    ),
    sandboxAbility(
      "TST-05",
      "In process, by a dispatcher, over Fastify and from the command the answers are the same",
    ),
    sandboxAbility("TST-06", "The same code of a partner sees the same in all of these ways"),
    sandboxAbility("TST-07", "Every command and every file of the tutorial does what it says"),
    sandboxAbility(
      "TST-08",
      "The rehearsal of the tutorial can be done with curl and from another language",
    ),
  ],
};
