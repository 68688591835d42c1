import { STATUS_CODES } from "node:http";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createRequireScope, oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import type { FastifyError, FastifyInstance } from "fastify";
import { fastify } from "fastify";
import type { PartnerScope } from "./application-routes.ts";
import { addApplicationRoutes } from "./application-routes.ts";
import type { ApplicationStore } from "./application-store.ts";
import { createMemoryApplicationStore } from "./application-store.ts";
import type { Problem } from "./problem.ts";
import { plainProblem, sendProblem } from "./problem.ts";

/** What a partner API needs. */
export interface PartnerApiOptions {
  /** Decides which access tokens are good; closed with the API. With the option `resource`, its metadata is served. */
  readonly verifier: Verifier<PartnerScope>;

  /** @defaultValue a store in memory */
  readonly store?: ApplicationStore;

  /** Whether requests are logged to standard output. @defaultValue "silent" */
  readonly logLevel?: "silent" | "info";
}

const maxBodyBytes = 64 * 1024;

/**
 * Creates the partner API: applications for working capital, and the decisions about them.
 *
 * The result is a Fastify server that does not listen yet: call `listen`, or `inject` in a test.
 */
export async function createPartnerApi(options: PartnerApiOptions): Promise<FastifyInstance> {
  const { verifier, store = createMemoryApplicationStore(), logLevel = "silent" } = options;
  const api = fastify({
    bodyLimit: maxBodyBytes,
    logger: { level: logLevel },
    // What is wrong before a route is found, such as a path that cannot be decoded.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, toProblem(error.statusCode ?? 400));
    },
  });
  api.removeContentTypeParser("text/plain");
  api.addHook("onClose", async () => verifier.close());

  api.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, plainProblem(404, "Not Found", "This API has no such resource.")),
  );
  api.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    return sendProblem(reply, toProblem(status, request.method === "POST"));
  });

  await api.register(oauthVerifier, { verifier });
  addApplicationRoutes(api, { store, requireScope: createRequireScope(verifier) });
  return api;
}

function toProblem(status: number, hasBody = false): Problem {
  return plainProblem(status, STATUS_CODES[status] ?? "Error", explain(status, hasBody));
}

/** Says what to do about a status that the HTTP layer answers; never repeats what was sent. */
function explain(status: number, hasBody: boolean): string {
  switch (status) {
    case 400:
      if (!hasBody) return "The request is malformed.";
      return "The body must be one JSON document, encoded as UTF-8.";
    case 413:
      return `The body must not be longer than ${maxBodyBytes} bytes.`;
    case 415:
      return "The content type must be application/json.";
    default:
      return status < 500
        ? "The request cannot be answered."
        : "The error is ours; try again later.";
  }
}
