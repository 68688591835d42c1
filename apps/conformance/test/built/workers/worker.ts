import type { OAuthClientOptions, WaitUntil } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";

/** Written into the bundle. */
declare const baseUrl: string;

interface Context {
  readonly waitUntil: WaitUntil;
}

const options: OAuthClientOptions = {
  baseUrl,
  clientId: "partner",
  clientSecret: "secret",
  scope: ["decisions:read"],
};

// As an application has them: one client for all requests of an isolate.
const clients = {
  byDefault: createOAuthClient(options),
  promise: createOAuthClient({ ...options, sharing: "promise" }),
};

async function answer(request: Request, context: Context): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const client = searchParams.has("promise") ? clients.promise : clients.byDefault;
  const view = searchParams.has("waitUntil")
    ? client.with({ waitUntil: (work) => context.waitUntil(work) })
    : client;
  switch (pathname) {
    case "/token": {
      const maxWaitMs = Number(searchParams.get("maxWaitMs") ?? 30_000);
      return Response.json({ token: (await view.getToken({ maxWaitMs })).value });
    }
    case "/leave":
      await view.getToken({ scope: ["applications:write"] });
      // Answers before the next token is there: all that it has begun ends with it, unless it is waited for.
      view.getToken().catch(() => undefined);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
      return Response.json({});
    case "/call":
      return view.fetch("/partner/v1/applications");
    case "/explain":
      return Response.json(client.explain());
    default:
      return new Response(null, { status: 404 });
  }
}

/** What workerd calls for each request. */
export const worker = {
  fetch: (request: Request, _environment: unknown, context: Context): Promise<Response> =>
    answer(request, context).catch((error: unknown) =>
      Response.json({ error: String(error) }, { status: 500 }),
    ),
};
