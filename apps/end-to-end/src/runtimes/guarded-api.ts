import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { withAccessToken } from "@credicorp/oauth-verifier/fetch";
import type { Place, ServedApi } from "./place.ts";
import { transportOf } from "./place.ts";

/** Makes the verifier of an API that is served at a place. */
function createStoryVerifier(place: Place, api: ServedApi): Verifier {
  const transport = transportOf(place, api);
  return createVerifier({
    issuer: place.issuer,
    audience: `${place.issuer}/partner/v1`,
    dpop: { origin: api.origin },
    ...(transport && { ports: { transport } }),
  });
}

async function answerNotYet(_request: Request): Promise<Response> {
  return new Response(null, { status: 503 });
}

/** Serves an API that lets in what its verifier accepts: GET to read, POST to write. */
export async function serveGuardedApi(place: Place): Promise<ServedApi> {
  // The verifier has to know where the API is served, and so comes after it.
  let answer = answerNotYet;
  const api = await place.serve((request) => answer(request));
  const verifier = createStoryVerifier(place, api);
  const read = withAccessToken(verifier, { scope: ["decisions:read"] }, (_request, principal) =>
    Response.json({ client: principal.clientId }),
  );
  const write = withAccessToken(verifier, { scope: ["applications:write"] }, async (request) =>
    Response.json({ received: await request.json() }, { status: 201 }),
  );
  answer = (request) => (request.method === "POST" ? write(request) : read(request));
  return api;
}
