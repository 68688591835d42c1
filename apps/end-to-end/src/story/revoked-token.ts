import { authorizedStatus, callWithToken, openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** A token that is given back is worth nothing from then on. */
export const revokedToken: StoryStep = {
  name: "revoked token",
  plot: "The client gives its token back before it expires.",
  run: async (hub) => {
    await using client = openClient(hub, "partner-basic");
    const token = await client.getToken();
    const before = await client.introspect(token.value);
    const statusBefore = await callWithToken(hub, token.value);

    await client.revoke(token.value);
    const after = await client.introspect(token.value);
    const next = await client.fetch("/partner/v1/decisions/none");
    await next.body?.cancel();
    const nextToken = await client.getToken();

    return [
      fact("it was active", { seen: before.active, expected: true }),
      fact("it is inactive at once, and nothing else is said of it", {
        seen: after,
        expected: { active: false },
      }),
      fact("the API, which verifies by signature, refuses it too: it follows what is revoked", {
        seen: [statusBefore, await callWithToken(hub, token.value)],
        expected: [authorizedStatus, 401],
      }),
      fact("the next call brings a new token", {
        seen: [next.status, nextToken.value === token.value],
        expected: [authorizedStatus, false],
      }),
    ];
  },
};
