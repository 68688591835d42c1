import type { SandboxHandler } from "./sandbox-response.ts";

/** The field that every answer of a sandbox carries, so that nobody takes it for the real server. */
export const sandboxMark = ["X-Sandbox", "credicorp-oauth-mock-server"] as const;

/** Marks every answer. */
export function withSandboxMark(handle: SandboxHandler): SandboxHandler {
  return async (request) => {
    const response = await handle(request);
    return { ...response, headers: [...response.headers, sandboxMark] };
  };
}
