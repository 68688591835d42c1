import type { Requirement, RequirementSection } from "./requirement.ts";

/** Requirements TST-01 and following. */
export const sandboxTestingRequirements: RequirementSection = {
  title: "The sandbox in a test",
  requirements: [
    test("TST-01", "A test of vitest or node:test that asks for a sandbox has one of its own"),
    test(
      "TST-02",
      "Without a port, answers, streams, aborts and broken deliveries are as over one",
    ),
    test("TST-03", "The dispatcher refuses requests to other origins, or passes them on"),
    test("TST-04", "Sandboxes in one process do not meet, nor do the tests that have them"),
    test(
      "TST-05",
      "In process, by a dispatcher, over Fastify and from the command the answers are the same",
    ),
    test("TST-06", "The same code of a partner sees the same in all of these ways"),
    test("TST-07", "Every command and every file of the tutorial does what it says"),
    test("TST-08", "The rehearsal of the tutorial can be done with curl and from another language"),
  ],
};

function test(id: string, title: string): Requirement {
  return {
    id,
    strength: "recommended",
    since: "authorization-server",
    title,
    sources: ["House decision"],
  };
}
