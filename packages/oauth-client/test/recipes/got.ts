import type { AuthorizedAttempt, ClientView } from "@credicorp/oauth-client";
import type { ExtendOptions, Got } from "got";
import { got } from "got";

/** Makes a got that carries the access token, and repeats a request once after `401 invalid_token`. */
export function createGot(client: ClientView, options: ExtendOptions): Got {
  const attempts = new WeakMap<object, AuthorizedAttempt>();
  return got.extend(options, {
    hooks: {
      // Called for each redirect as well: one to another origin fails here.
      beforeRequest: [
        async (request) => {
          const attempt = await client.authorize({
            method: request.method,
            url: String(request.url),
          });
          Object.assign(request.headers, attempt.headers);
          attempts.set(request, attempt);
        },
      ],
      afterResponse: [
        async (response, retry) => {
          const { options: request } = response.request;
          const next = await attempts.get(request)?.next({
            status: response.statusCode,
            header: (name) => response.headers[name]?.toString(),
            canRepeat: request.body === undefined || typeof request.body === "string",
          });
          return next === undefined ? response : retry({ headers: { ...next.headers } });
        },
      ],
    },
  });
}
