import type { ServerResponse } from "../http.ts";
import { methodNotAllowed, notFoundAnswer } from "./answers.ts";
import type { AuditDecision } from "./audit-event.ts";
import type { ServerPolicy } from "./configuration.ts";
import { answerForm, refuse } from "./endpoints/form-endpoint.ts";
import { introspectionEndpoint } from "./endpoints/introspection-endpoint.ts";
import { jwksDocument } from "./endpoints/jwks-document.ts";
import { metadataDocument, metadataPaths } from "./endpoints/metadata-document.ts";
import type { PublicDocument } from "./endpoints/public-document.ts";
import { answerDocument, answerDocumentOptions } from "./endpoints/public-document.ts";
import { revocationEndpoint } from "./endpoints/revocation-endpoint.ts";
import { tokenEndpoint } from "./endpoints/token-endpoint.ts";
import type { Exchange, ServerContext } from "./server-context.ts";

/** An answer, and the decision behind it; documents that anybody may read are no decision. */
export interface Answer {
  readonly response: ServerResponse;
  readonly event?: AuditDecision | undefined;
}

/** Answers a request whose path it was found by. */
export type Route = (exchange: Exchange, context: ServerContext) => Promise<Answer> | Answer;

/** Returns the routes of a server by their exact paths. */
export function createRoutes({ paths, issuer }: ServerPolicy): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    [paths.token, postOnly((...input) => answerForm(tokenEndpoint, ...input))],
    [paths.introspection, postOnly((...input) => answerForm(introspectionEndpoint, ...input))],
    [paths.revocation, postOnly((...input) => answerForm(revocationEndpoint, ...input))],
    [paths.jwks, documentRoute(jwksDocument)],
    ...metadataPaths(issuer).map((path): [string, Route] => [
      path,
      documentRoute(metadataDocument),
    ]),
  ]);
}

/** Answers a path that no route has. */
export function answerUnknownPath(): Answer {
  return {
    response: notFoundAnswer(),
    event: { type: "request_refused", status: 404, error: undefined, why: "path_unknown" },
  };
}

function postOnly(answer: Route): Route {
  return async (exchange, context) =>
    exchange.request.method === "POST"
      ? answer(exchange, context)
      : refuse(methodNotAllowed(["POST"]), context);
}

function documentRoute(document: PublicDocument): Route {
  return async (exchange, context) => {
    const { method } = exchange.request;
    if (method === "OPTIONS") return { response: answerDocumentOptions() };
    if (method !== "GET" && method !== "HEAD")
      return refuse(methodNotAllowed(["GET", "HEAD", "OPTIONS"]), context);
    return { response: await answerDocument(document, exchange, context) };
  };
}
