import { inspect } from "node:util";
import { isOAuthError } from "@credicorp/oauth-core";
import { tokenPath } from "../hub.ts";
import { openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** A wrong secret is said plainly, once, and never repeated to anybody. */
export const badSecret: StoryStep = {
  name: "bad secret",
  plot: "Somebody deployed the back end with a wrong secret.",
  run: async (hub) => {
    const wrongSecret = "this-is-not-the-secret-of-this-client";
    await using client = openClient(hub, {
      ...hub.sandbox.clients.get("partner-basic"),
      secret: wrongSecret,
    });
    const tokenRequestsBefore = hub.requestCount(tokenPath);
    const attempt = (): Promise<unknown> =>
      client.fetch("/partner/v1/decisions/none").catch((error: unknown) => error);

    const [error] = await Promise.all([attempt(), attempt(), attempt()]);

    const isClear = isOAuthError(error) && error.kind === "oauth";
    return [
      fact("the call fails with an error that names the cause", {
        seen: isClear && [error.error, error.status, error.retryable],
        expected: ["invalid_client", 401, false],
      }),
      fact("it says what to do", {
        seen: isClear && typeof error.hint === "string",
        expected: true,
      }),
      fact("the secret is not in it", {
        seen: inspect(error, { depth: 9, showHidden: true }).includes(wrongSecret),
        expected: false,
      }),
      fact("three calls made one attempt", {
        seen: hub.requestCount(tokenPath) - tokenRequestsBefore,
        expected: 1,
      }),
    ];
  },
};
