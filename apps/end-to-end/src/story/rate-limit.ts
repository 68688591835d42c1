import { tokenPath } from "../hub.ts";
import { fetchWithoutBody, openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

// Retry-After counts whole seconds; a timer may ring a little early.
const shortestWaitMs = 990;

/** Too many token requests are told to wait; the client waits. */
export const rateLimit: StoryStep = {
  name: "rate limit",
  plot: "A client that may ask for a token twice in 4 s asks for a third.",
  run: async (hub) => {
    const limited = await hub.sandbox.clients.create({
      id: "partner-in-a-hurry",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
      tokenLimit: { limit: 2, windowSeconds: 4 },
    });
    const askForToken = (): Promise<Response> =>
      fetchWithoutBody(`${hub.origin}/partner/v1/oauth/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${limited.id}:${limited.secret}`)}` },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });

    const answers = [await askForToken(), await askForToken(), await askForToken()];
    const refusal = answers.at(-1);
    const retryAfterSeconds = Number(refusal?.headers.get("retry-after"));

    await using client = openClient(hub, limited);
    const tokenRequestsBefore = hub.requestCount(tokenPath);
    const askedAtMs = performance.now();
    const token = await client.getToken();
    const waitedMs = performance.now() - askedAtMs;

    return [
      fact("the third is answered 429", {
        seen: answers.map(({ status }) => status),
        expected: [200, 200, 429],
      }),
      fact("the answer says how long to wait, and what the limit is", {
        seen: [retryAfterSeconds > 0, refusal?.headers.has("ratelimit-policy")],
        expected: [true, true],
      }),
      fact("the client is told so as well; it waits, asks again and has its token", {
        seen: [hub.requestCount(tokenPath) - tokenRequestsBefore, waitedMs >= shortestWaitMs],
        expected: [2, true],
      }),
      fact("the caller saw nothing of it", { seen: token.tokenType, expected: "Bearer" }),
    ];
  },
};
