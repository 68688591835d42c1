import { exampleApplication, readDecision, submitApplication } from "@credicorp/partner-backend";
import { tokenPath } from "../hub.ts";
import { openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** The partner's back end at work: nobody thinks about tokens. */
export const hundredCalls: StoryStep = {
  name: "100 calls on one token",
  plot: "The partner's back end applies for working capital and reads the decision, 99 times.",
  run: async (hub) => {
    await using client = openClient(hub, "partner-basic");
    const tokenRequestsBefore = hub.requestCount(tokenPath);

    const { decisionId } = await submitApplication(client, exampleApplication);
    const decisions = await Promise.all(
      Array.from({ length: 99 }, () => readDecision(client, decisionId)),
    );

    const outcomes = new Set(decisions.map(({ outcome }) => outcome));
    return [
      fact("every call was answered, with the same decision", {
        seen: [decisions.length, ...outcomes],
        expected: [99, "approved"],
      }),
      fact("the company would repay £28,000 for £25,000 over six months", {
        seen: decisions[0]?.offer?.totalRepayablePence,
        expected: 2_800_000,
      }),
      fact("one token request was made for 100 calls", {
        seen: hub.requestCount(tokenPath) - tokenRequestsBefore,
        expected: 1,
      }),
    ];
  },
};
