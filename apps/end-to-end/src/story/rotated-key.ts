import { authorizedStatus, callWithToken, openClient, readTokenHeader } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** Keys change while traffic flows. */
export const rotatedKey: StoryStep = {
  name: "rotated key",
  plot: "The authorization server starts to sign with a new key.",
  run: async (hub) => {
    await using before = openClient(hub, "partner-basic");
    const oldToken = await before.getToken();
    const statusBefore = await callWithToken(hub, oldToken.value);

    await hub.sandbox.keys.rotate();
    await using after = openClient(hub, "partner-basic");
    const newToken = await after.getToken();

    const { kid: oldKid } = readTokenHeader(oldToken.value);
    const { kid: newKid } = readTokenHeader(newToken.value);
    return [
      fact("new tokens name another key", { seen: newKid === oldKid, expected: false }),
      fact("the API accepts the new token: it has fetched the new key by itself", {
        seen: await callWithToken(hub, newToken.value),
        expected: authorizedStatus,
      }),
      fact("the API accepts the old token as before", {
        seen: [statusBefore, await callWithToken(hub, oldToken.value)],
        expected: [authorizedStatus, authorizedStatus],
      }),
    ];
  },
};
