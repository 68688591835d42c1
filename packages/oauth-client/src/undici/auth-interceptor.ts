import { ConfigurationError } from "@credicorp/oauth-core";
import type { Dispatcher } from "undici";

import { canReplay } from "../requests/api-call.ts";
import type { ClientView } from "../requests/client-view.ts";
import type { AuthorizedAttempt } from "../requests/request-authorization.ts";
import type { AuthorizedDispatch } from "./answer-gate.ts";
import { createControllerHandler } from "./controller-handler.ts";
import type { RawHandler } from "./raw-handler.ts";
import { createRawHandler, isRawHandler } from "./raw-handler.ts";
import { withAuthorization } from "./request-headers.ts";

/** How {@link createAuthInterceptor} sees the requests. */
export interface AuthInterceptorOptions {
  /** The origin of requests that name none: those of an undici `Pool` or `Client`. */
  readonly origin?: string;
}

/**
 * Makes an interceptor for `dispatcher.compose(…)` that adds the access token.
 *
 * Requests to origins that may not see the token fail, and so do those for which there is none: nothing is sent without.
 * After `401 invalid_token` a request is repeated once with a new token, if its body can be sent again: text, bytes,
 * `Blob` or `FormData`, and no stream.
 *
 * Redirects of a request with a DPoP proof are followed by an interceptor in front of this one, so that each has a proof of
 * its own; one behind it returns them.
 *
 * Not for `setGlobalDispatcher`: the client's own requests use the global dispatcher.
 */
export function createAuthInterceptor(
  view: Pick<ClientView, "authorize">,
  options: AuthInterceptorOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (request, handler) => {
    const signal = readSignal(request);
    const fail = (error: unknown): void =>
      failWith(handler, signal?.aborted ? signal.reason : error);
    try {
      const origin = readOrigin(request, options);
      const send = (attempt: AuthorizedAttempt): boolean => {
        const headers = withAuthorization(request.headers, attempt.headers);
        // A proof is for one address, and a redirect interceptor behind this one would carry it to any.
        const bound = attempt.headers.dpop === undefined ? {} : { maxRedirections: 0 };
        return dispatch(
          { ...request, ...bound, headers },
          wrapHandler({
            attempt,
            handler,
            origin,
            canRepeat: canReplay(request.body),
            repeat: send,
          }),
        );
      };
      const { method, path } = request;
      const attempt = view.authorize({ method, url: origin + path }, signal && { signal });
      if (!(attempt instanceof Promise)) return send(attempt);
      attempt.then(send).catch(fail);
    } catch (error) {
      fail(error);
    }
    return true;
  };
}

function wrapHandler(
  call: AuthorizedDispatch<Dispatcher.DispatchHandler>,
): Dispatcher.DispatchHandler {
  return isRawHandler(call.handler)
    ? (createRawHandler(call as AuthorizedDispatch<RawHandler>) as Dispatcher.DispatchHandler)
    : createControllerHandler(call);
}

function failWith(handler: Dispatcher.DispatchHandler, error: unknown): void {
  if (isRawHandler(handler)) handler.onError?.(error as Error);
  else handler.onResponseError?.(undefined as never, error as Error);
}

/** Reads the signal of `request` and its like, which may be an event emitter too: that one ends the request later. */
function readSignal(request: Dispatcher.DispatchOptions): AbortSignal | undefined {
  if (!("signal" in request)) return undefined;
  return request.signal instanceof AbortSignal ? request.signal : undefined;
}

function readOrigin(
  { origin: named, path }: Dispatcher.DispatchOptions,
  options: AuthInterceptorOptions,
): string {
  const origin = named ?? options.origin;
  if (origin === undefined) {
    throw new ConfigurationError("origin", "The request does not say where it goes", {
      hint: "A Pool or a Client does not tell its interceptors: write createAuthInterceptor(client, { origin }).",
    });
  }
  if (path.startsWith("/.well-known/oauth-authorization-server")) {
    throw new ConfigurationError("dispatcher", "A client's own request met its interceptor", {
      hint: "Compose the interceptor into a dispatcher of your own, not into the global one.",
    });
  }
  const text = typeof origin === "string" ? origin : origin.origin;
  return text.endsWith("/") ? text.slice(0, -1) : text;
}
