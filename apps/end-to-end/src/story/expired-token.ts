import { setTimeout as sleep } from "node:timers/promises";
import { tokenPath } from "../hub.ts";
import { authorizedStatus, openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

// `exp` is a whole second, and the authorization server rounds it up.
const roundingMs = 1000;

/** Tokens come and go; the calls go on. */
export const expiredToken: StoryStep = {
  name: "expired token",
  plot: "Tokens live 2 s, and the client calls on for longer than one lives.",
  run: async (hub) => {
    await using client = openClient(hub, "partner-short-lived");
    const tokenRequestsBefore = hub.requestCount(tokenPath);
    const call = async (): Promise<number> => {
      const response = await client.fetch("/partner/v1/decisions/none");
      await response.body?.cancel();
      return response.status;
    };

    const first = await client.getToken();
    const statuses = [await call()];
    await sleep(first.lifetimeMs + roundingMs);
    statuses.push(await call());
    const second = await client.getToken();
    const { active } = await client.introspect(first.value);

    return [
      fact("the first token lives 2 s", { seen: first.lifetimeMs, expected: 2000 }),
      fact("after its end the authorization server calls it inactive", {
        seen: active,
        expected: false,
      }),
      fact("no call was refused", {
        seen: statuses,
        expected: [authorizedStatus, authorizedStatus],
      }),
      fact("the client had fetched another token, unasked", {
        seen: {
          isAnother: second.value !== first.value,
          // More where the machine is so slow that the client refreshed ahead as well.
          hadAsked: hub.requestCount(tokenPath) - tokenRequestsBefore >= 2,
        },
        expected: { isAnother: true, hadAsked: true },
      }),
    ];
  },
};
