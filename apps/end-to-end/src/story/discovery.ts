import { openClient } from "./partner.ts";
import type { StoryStep } from "./step.ts";
import { fact } from "./step.ts";

/** The client is told one URL, and finds the rest. */
export const discovery: StoryStep = {
  name: "discover",
  plot: "From the base URL alone, the client finds every endpoint.",
  run: async (hub) => {
    await using client = openClient(hub, "partner-basic");

    const metadata = await client.discover();

    return [
      fact("the issuer is the base URL", { seen: metadata.issuer, expected: hub.origin }),
      fact("tokens come from /partner/v1/oauth/token", {
        seen: metadata.tokenEndpoint,
        expected: `${hub.origin}/partner/v1/oauth/token`,
      }),
      fact("keys are at /.well-known/jwks.json", {
        seen: metadata.jwksUri,
        expected: `${hub.origin}/.well-known/jwks.json`,
      }),
      fact("the only grant is client_credentials", {
        seen: metadata.grantTypesSupported,
        expected: ["client_credentials"],
      }),
    ];
  },
};
