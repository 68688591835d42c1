import type { Clock, ServerRequest } from "@credicorp/oauth-core";
import type { AuthorizationServer } from "@credicorp/oauth-core/authorization-server";
import {
  formatHttpDate,
  formatProblemDetails,
  problemMediaType,
} from "@credicorp/oauth-core/protocol";

import { sandboxPaths } from "../http/sandbox-paths.ts";
import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import type { Explanation } from "./explanation.ts";

/** What is needed to answer questions about errors. */
export interface ExplanationRoutes {
  /** Of this moment. */
  readonly server: () => Pick<AuthorizationServer, "policy" | "handleForClient">;
  readonly clock: Pick<Clock, "now">;
  readonly explainTo: (clientId: string, requestId: string) => Promise<Explanation | undefined>;
}

/**
 * Answers at the paths of the pages about error codes, for everybody, and of explanations, for the client in question.
 *
 * A client learns about the requests that name it and no others: of all others the answer is that of none at all.
 */
export function withExplanations(
  handle: SandboxHandler,
  { server, clock, explainTo }: ExplanationRoutes,
): SandboxHandler {
  const answerPage = async (request: ServerRequest, code: string): Promise<SandboxResponse> =>
    (await answerErrorPage(request, { code, clock })) ?? handle(request);
  const answerExplanation = (request: ServerRequest, requestId: string): Promise<SandboxResponse> =>
    server().handleForClient(request, async ({ id }) => {
      const explanation = await explainTo(id, requestId);
      return explanation === undefined
        ? noExplanation
        : {
            status: 200,
            headers: [["Content-Type", "application/json"], ...uncacheable],
            body: JSON.stringify(explanation),
          };
    });
  const { errorPages, explanations } = sandboxPaths(server().policy.paths.token);

  return (request) => {
    const { method, target } = request;
    const isRead = method === "GET" || method === "HEAD";
    if (isRead && target.startsWith(errorPages)) {
      return answerPage(request, nameBehind(errorPages, target));
    }
    if ((isRead || method === "POST") && target.startsWith(explanations)) {
      return answerExplanation(request, nameBehind(explanations, target));
    }
    return handle(request);
  };
}

function nameBehind(folder: string, target: string): string {
  const [name = ""] = target.slice(folder.length).split("?", 1);
  return name;
}

const uncacheable = [
  ["Cache-Control", "no-store"],
  ["Pragma", "no-cache"],
] as const;

const noExplanation: SandboxResponse = {
  status: 404,
  headers: [["Content-Type", problemMediaType], ...uncacheable],
  body: formatProblemDetails({ type: "about:blank", title: "Not Found", status: 404 }),
};

async function answerErrorPage(
  request: ServerRequest,
  { code, clock }: { readonly code: string } & Pick<ExplanationRoutes, "clock">,
): Promise<SandboxResponse | undefined> {
  // Loaded when it is first needed: most sandboxes are never asked.
  const { formatErrorPage } = await import("./error-pages.ts");
  const page = formatErrorPage(code);
  if (page === undefined) return undefined;
  return {
    status: 200,
    headers: [
      ["Content-Type", "text/html; charset=utf-8"],
      ["Cache-Control", "public, max-age=3600"],
      ["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"],
      ["Referrer-Policy", "no-referrer"],
      ["Date", formatHttpDate(clock.now())],
      ["X-Content-Type-Options", "nosniff"],
    ],
    body: request.method === "HEAD" ? "" : page,
  };
}
