import { fetchWithoutBody, openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** Who cannot verify a signature asks the authorization server. */
export const introspection: StoryStep = {
  name: "introspection",
  plot: "A resource server asks what a token is good for.",
  run: async (hub) => {
    await using partner = openClient(hub, "partner-basic");
    await using resourceServer = openClient(hub, "partner-api");
    const token = await partner.getToken();

    const answer = await resourceServer.introspect(token.value);
    const forged = await resourceServer.introspect(`${token.value.slice(0, -8)}AAAAAAAA`);
    const anonymous = await fetchWithoutBody(`${hub.origin}/partner/v1/oauth/introspect`, {
      method: "POST",
      body: new URLSearchParams({ token: token.value }),
    });

    return [
      fact("the token is active, and whose it is", {
        seen: answer.active && answer.clientId,
        expected: "partner-basic",
      }),
      fact("what it may do, and where", {
        seen: answer.active && [answer.scope?.toSorted(), answer.audience],
        expected: [["applications:write", "decisions:read"], [`${hub.origin}/partner/v1`]],
      }),
      fact("a forged one is inactive", { seen: forged, expected: { active: false } }),
      fact("nobody is told anything without credentials", {
        seen: anonymous.status,
        expected: 401,
      }),
    ];
  },
};
