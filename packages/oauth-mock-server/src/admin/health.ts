/**
 * Whether a sandbox lives and serves, for whoever starts and stops it: open to all, and so without a detail.
 *
 * @module
 */

import type { Clock } from "@credicorp/oauth-core";
import { formatHttpDate } from "@credicorp/oauth-core/protocol";

import { sandboxMark } from "../http/sandbox-mark.ts";
import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import { pathOf } from "../http/target-path.ts";

/** What is asked when somebody asks about health. */
export interface Health {
  /** Whether tokens could be issued now: its keys can sign, and its stores answer. */
  readonly isReady: () => Promise<boolean>;
  readonly clock: Pick<Clock, "now">;
}

/** Where health is asked for. */
const healthPaths = { alive: "/healthz", ready: "/readyz" } as const;

/** Answers `/healthz` with 200 for as long as it answers at all, and `/readyz` with 200 or 503. */
export function withHealth(handle: SandboxHandler, { isReady, clock }: Health): SandboxHandler {
  const answerHealth = async (path: string, method: string): Promise<SandboxResponse> => {
    if (method !== "GET" && method !== "HEAD") {
      return answer({ status: 405, word: "method_not_allowed", isHead: false }, clock.now());
    }
    const isHead = method === "HEAD";
    if (path === healthPaths.alive) {
      return answer({ status: 200, word: "alive", isHead }, clock.now());
    }
    const ready = await isReady();
    const state = ready ? { status: 200, word: "ready" } : { status: 503, word: "not_ready" };
    return answer({ ...state, isHead }, clock.now());
  };
  return (request) => {
    const path = pathOf(request.target);
    const isHealth = path === healthPaths.alive || path === healthPaths.ready;
    return isHealth ? answerHealth(path, request.method) : handle(request);
  };
}

function answer(
  { status, word, isHead }: { readonly status: number; readonly word: string; isHead: boolean },
  now: number,
): SandboxResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["Cache-Control", "no-store"],
      ["Date", formatHttpDate(now)],
      ["X-Content-Type-Options", "nosniff"],
      ...(status === 405 ? [["Allow", "GET, HEAD"] as const] : []),
      sandboxMark,
    ],
    body: isHead ? "" : JSON.stringify({ status: word }),
  };
}
