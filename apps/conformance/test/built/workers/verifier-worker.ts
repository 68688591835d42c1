import { createVerifier } from "@credicorp/oauth-verifier";
import { withAccessToken } from "@credicorp/oauth-verifier/fetch";

/** Written into the bundle. */
declare const baseUrl: string;

let aheadSeconds = 0;

// As an application has it: one verifier for all requests of an isolate.
const verifier = createVerifier({
  issuer: baseUrl,
  audience: `${baseUrl}/partner/v1`,
  ports: {
    clock: {
      now: () => Date.now() / 1000,
      monotonicMs: () => Date.now() + aheadSeconds * 1000,
    },
  },
});
const guarded = withAccessToken(verifier, { scope: ["decisions:read"] }, (_request, principal) =>
  Response.json({ client: principal.clientId }),
);

/** What workerd calls for each request; `?ahead=<seconds>` first moves the clock by which keys age. */
export const worker = {
  fetch: async (request: Request): Promise<Response> => {
    const ahead = new URL(request.url).searchParams.get("ahead");
    if (ahead !== null) aheadSeconds = Number(ahead);
    return guarded(request).catch((error: unknown) =>
      Response.json({ error: String(error) }, { status: 500 }),
    );
  },
};
