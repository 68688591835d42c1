import { parseChallenges } from "@credicorp/oauth-core/protocol";
import { exampleApplication, PartnerApiError, submitApplication } from "@credicorp/partner-backend";
import { openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** A token is good for the scope that it was granted, and for nothing else. */
export const wrongScope: StoryStep = {
  name: "wrong scope",
  plot: "A client that may only read decisions tries to submit an application.",
  run: async (hub) => {
    await using client = openClient(hub, "partner-read-only");

    const response = await client.fetch("/partner/v1/applications", { method: "POST" });
    await response.body?.cancel();
    const [challenge] = parseChallenges(response.headers.get("www-authenticate") ?? "") ?? [];
    const refusal = await submitApplication(client, exampleApplication).catch(
      (error: unknown) => error,
    );

    return [
      fact("the API answers 403", { seen: response.status, expected: 403 }),
      fact("the challenge says why, and which scope it takes", {
        seen: [challenge?.parameters["error"], challenge?.parameters["scope"]],
        expected: ["insufficient_scope", "applications:write"],
      }),
      fact("the back end gets an error that it need not retry", {
        seen: refusal instanceof PartnerApiError && [refusal.status, refusal.retryable],
        expected: [403, false],
      }),
    ];
  },
};
