import { openClient, readTokenHeader } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** A client id and a secret become a short-lived token. */
export const firstToken: StoryStep = {
  name: "token",
  plot: "The client proves itself with its secret and gets a signed token.",
  run: async (hub) => {
    await using client = openClient(hub, "partner-basic");

    const token = await client.getToken();
    const again = await client.getToken();

    const { typ, alg } = readTokenHeader(token.value);
    return [
      fact("it is a Bearer token", { seen: token.tokenType, expected: "Bearer" }),
      fact("it is a JWT access token of RFC 9068, signed with ES256", {
        seen: { typ, alg },
        expected: { typ: "at+jwt", alg: "ES256" },
      }),
      fact("it has the scope that was asked for", {
        seen: token.scope.toSorted(),
        expected: ["applications:write", "decisions:read"],
      }),
      fact("it lives 900 s", { seen: token.lifetimeMs, expected: 900_000 }),
      fact("asked again, the client gives the same one", {
        seen: again.value === token.value,
        expected: true,
      }),
    ];
  },
};
