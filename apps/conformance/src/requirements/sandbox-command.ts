import type { Requirement, RequirementSection } from "./requirement.ts";

/** Requirements CMD-01 and following. */
export const sandboxCommandRequirements: RequirementSection = {
  title: "The command of the sandbox, and its container",
  requirements: [
    command(
      "CMD-01",
      "A client for each situation, shown with commands that work as they are pasted",
    ),
    command("CMD-02", "A faulty file is told with line, column and remedy, and is not repeated"),
    command("CMD-03", "The published JSON Schema judges a file as the sandbox does"),
    command("CMD-04", "The command line comes before the environment, the file and the default"),
    command(
      "CMD-05",
      "Another configuration keeps keys, clock and revocations, or changes nothing",
    ),
    command(
      "CMD-06",
      "The help fits on a page, its examples work, and a misspelt option is recognised",
    ),
    command("CMD-07", "A signal fails no request, a second one ends at once, and health says so"),
    command("CMD-08", "The container runs what is tested: read-only, as any user, healthy"),
    command(
      "CMD-09",
      "Certificates that are made are private, kept on request, and believed by clients",
    ),
    command("CMD-10", "What a start does not need is not loaded"),
  ],
};

function command(id: string, title: string): Requirement {
  return {
    id,
    strength: "recommended",
    since: "authorization-server",
    title,
    sources: ["House decision"],
  };
}
