/**
 * The sandbox as an undici dispatcher: code that sends its requests by `fetch` or undici reaches it without a port.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { callbackify } from "node:util";

import { ConfigurationError } from "@credicorp/oauth-core";
import type { Dispatcher } from "undici";
import { Agent } from "undici";

import type { Sandbox } from "../sandbox/sandbox.ts";

/** What becomes of requests that are not for the sandbox. */
export interface SandboxDispatcherOptions {
  /**
   * Who sends the requests to other origins; the dispatcher stays its owner's to close.
   *
   * @defaultValue `refuse`: they fail, so that a test that goes astray does not reach the network
   */
  readonly otherwise?: "refuse" | Dispatcher | undefined;
}

/**
 * Makes a dispatcher that sends the requests for the issuer's origin to the sandbox, over connections without a port.
 *
 * It is undici's own `Agent`, so that streams, aborts, pools and broken connections are as on a network. Given to
 * `setGlobalDispatcher` it is what `fetch` of Node and of undici use in this process; else give it to the code under
 * test as `dispatcher`. Its `close` leaves the sandbox open.
 */
export function createSandboxDispatcher(
  sandbox: Pick<Sandbox, "issuer" | "connect">,
  options: SandboxDispatcherOptions = {},
): Dispatcher {
  const { otherwise = "refuse" } = options;
  const isForSandbox = (origin: string): boolean => origin === new URL(sandbox.issuer).origin;
  const agent = new Agent({
    connect: ({ protocol, host = "" }, callback) => {
      const origin = `${protocol}//${host}`;
      if (!isForSandbox(origin)) {
        const message = `This dispatcher sends to ${sandbox.issuer} only, and not to ${origin}`;
        callback(new ConfigurationError("otherwise", message), null);
        return;
      }
      // undici asks of a socket no more than a duplex stream has.
      const settle = callback as (error: Error | null, connection: Duplex) => void;
      callbackify(() => sandbox.connect())(settle);
    },
  });
  if (otherwise === "refuse") return agent;
  return agent.compose(
    (dispatch) => (request, handler) =>
      isForSandbox(new URL(String(request.origin)).origin)
        ? dispatch(request, handler)
        : otherwise.dispatch(request, handler),
  );
}
