import type { SandboxHandler } from "./sandbox-response.ts";

/** The field that every answer of a sandbox carries, so that nobody takes it for the real server. */
export const sandboxMark = ["X-Sandbox", "credicorp-oauth-mock-server"] as const;

/** Marks every answer. */
export function withSandboxMark(handle: SandboxHandler): SandboxHandler {
  return async (request) => {
    const response = await handle(request);
    const { status, headers, body, delivery, faults } = response;
    const marked = { status, headers: [...headers, sandboxMark], body };
    // Nearly all answers are honest. On Node 20 each member behind a spread costs as much as all the rest.
    return delivery === undefined && faults === undefined
      ? marked
      : { ...marked, delivery, faults };
  };
}
