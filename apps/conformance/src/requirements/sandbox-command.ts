import type { RequirementSection } from "./requirement.ts";
import { sandboxAbility } from "./sandbox-ability.ts";

/** Requirements CMD-01 and following. */
export const sandboxCommandRequirements: RequirementSection = {
  title: "The command of the sandbox, and its container",
  requirements: [
    sandboxAbility(
      "CMD-01",
      "A client for each situation, shown with commands that work as they are pasted",
    ),
    sandboxAbility(
      "CMD-02",
      "A faulty file is told with line, column and remedy, and is not repeated",
    ),
    sandboxAbility("CMD-03", "The published JSON Schema judges a file as the sandbox does"),
    sandboxAbility(
      "CMD-04",
      "The command line comes before the environment, the file and the default",
    ),
    sandboxAbility(
      "CMD-05",
      "Another configuration keeps keys, clock and revocations, or changes nothing",
    ),
    sandboxAbility(
      "CMD-06",
      "The help fits on a page, its examples work, and a misspelt option is recognised",
    ),
    sandboxAbility(
      "CMD-07",
      "A signal fails no request, a second one ends at once, and health says so",
    ),
    sandboxAbility("CMD-08", "The container runs what is tested: read-only, as any user, healthy"),
    sandboxAbility(
      "CMD-09",
      "Certificates that are made are private, kept on request, and believed by clients",
    ),
    sandboxAbility("CMD-10", "What a start does not need is not loaded"),
  ],
};
