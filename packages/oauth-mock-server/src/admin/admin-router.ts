import type { ServerRequest } from "@credicorp/oauth-core";
import { isOAuthError } from "@credicorp/oauth-core";

import type { AdminAnswer } from "./admin-answer.ts";
import { jsonAnswer, problemAnswer } from "./admin-answer.ts";
import { AdminProblem, notFound, refusal } from "./admin-problem.ts";
import type { AdminSubject } from "./admin-subject.ts";
import { matchRoute } from "./match-route.ts";
import { formatMetrics } from "./metrics/sandbox-metrics.ts";
import { formatOpenApi } from "./open-api.ts";
import { readInput } from "./read-input.ts";
import { formatReferencePage } from "./reference-page.ts";
import { adminRoutes } from "./routes/admin-routes.ts";
import { readVersion } from "../version/read-version.ts";

/** Answers those who may come in; never rejects. */
export type AdminRouter = (request: ServerRequest) => Promise<AdminAnswer>;

/** Makes the router of a sandbox or of a namespace; the path of a request begins with `base`, or is that of the metrics. */
export function createAdminRouter(
  subject: AdminSubject,
  options: { readonly base: string; readonly metricsPath: string; readonly maxBodyBytes: number },
): AdminRouter {
  const { base, metricsPath, maxBodyBytes } = options;
  const texts: Readonly<Record<string, () => Promise<AdminAnswer>>> = {
    [metricsPath]: async () => ({
      status: 200,
      mediaType: "text/plain; version=0.0.4; charset=utf-8",
      body: await formatMetrics(subject),
    }),
    [`${base}/openapi.json`]: async () =>
      jsonAnswer(200, formatOpenApi(adminRoutes, { base, version: readVersion() })),
    [`${base}/docs`]: async () => ({
      status: 200,
      mediaType: "text/html; charset=utf-8",
      headers: [
        [
          "Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ],
      ],
      body: formatReferencePage(formatOpenApi(adminRoutes, { base, version: readVersion() })),
    }),
  };

  const decide = async (request: ServerRequest): Promise<AdminAnswer> => {
    const { method, target, body } = request;
    const [path = ""] = target.split("?", 1);
    const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
    if (text !== undefined) {
      if (method === "GET" || method === "HEAD") return text();
      throw new AdminProblem(405, "This path can only be read", {
        headers: [["Allow", "GET, HEAD"]],
      });
    }
    if (body.length > maxBodyBytes) {
      throw new AdminProblem(413, `The body is longer than ${maxBodyBytes} bytes`);
    }
    if (!path.startsWith(`${base}/`)) throw notFound(`admin API there: it begins at ${base}/`);
    const { route, params } = matchRoute(adminRoutes, { method, path: path.slice(base.length) });
    const value = await route.run(readInput(route, { params, request }), subject);
    return jsonAnswer(route.status, route.status === 204 ? undefined : value);
  };

  return async (request) => {
    try {
      return await decide(request);
    } catch (error) {
      return problemAnswer(asProblem(error));
    }
  };
}

/** What the sandbox itself refuses is a mistake of the caller; all else is one of ours, and not shown. */
function asProblem(error: unknown): AdminProblem {
  if (error instanceof AdminProblem) return error;
  if (isOAuthError(error) && error.kind === "config") {
    return refusal(error);
  }
  return new AdminProblem(
    500,
    "The sandbox failed: that is a bug, and not the fault of the request",
  );
}
