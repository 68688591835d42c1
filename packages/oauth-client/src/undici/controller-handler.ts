import type { Dispatcher } from "undici";

import type { AuthorizedDispatch } from "./answer-gate.ts";
import { createAnswerGate } from "./answer-gate.ts";
import { wasRedirected } from "./raw-handler.ts";

type Handler = Dispatcher.DispatchHandler;

/** Makes the handler that stands between undici and a handler of the newer form, such as another interceptor's. */
export function createControllerHandler(call: AuthorizedDispatch<Handler>): Handler {
  const { handler, origin } = call;
  const gate = createAnswerGate(call);
  let context: unknown;
  return {
    onRequestStart: (controller, requestContext) => {
      context = requestContext;
      handler.onRequestStart?.(controller, requestContext);
    },
    onRequestUpgrade: (...answer) => handler.onRequestUpgrade?.(...answer),
    onResponseStart: (...head) => {
      const [controller, status, headers] = head;
      const deliver = (): boolean => {
        handler.onResponseStart?.(...head);
        return true;
      };
      const header = (name: string): string | undefined => {
        const field = headers[name];
        return typeof field === "string" ? field : field?.join(", ");
      };
      const stream = {
        resume: () => controller.resume(),
        abort: (reason: Error) => controller.abort(reason),
        deliver,
        fail: (error: unknown) => {
          controller.abort(error as Error);
          handler.onResponseError?.(controller, error as Error);
        },
      };
      if (
        status < 200 ||
        wasRedirected(context, origin) ||
        gate.admits({ status, header }, stream)
      ) {
        deliver();
      } else {
        controller.pause();
      }
    },
    onResponseData: (controller, chunk) => {
      const deliver = (): void => handler.onResponseData?.(controller, chunk);
      if (gate.passes(deliver, chunk.length)) deliver();
    },
    onResponseEnd: (controller, trailers) => {
      const deliver = (): void => handler.onResponseEnd?.(controller, trailers);
      if (gate.passes(deliver)) deliver();
    },
    onResponseError: (controller, error) => {
      if (gate.breaks()) handler.onResponseError?.(controller, error);
    },
  };
}
