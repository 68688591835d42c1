import type { AuditEvent } from "./audit-event.ts";

const maxCauses = 4;

/**
 * Writes an event as one line of JSON, for a log.
 *
 * Of the error behind a failure it has name, code and place, and leaves out the messages: those of other people's
 * libraries quote addresses, passwords and input. A subscriber gets the error itself.
 */
export function formatAuditEvent(event: AuditEvent): string {
  const cause = "cause" in event ? describeCause(event.cause, maxCauses) : undefined;
  return JSON.stringify({ ...event, cause });
}

function describeCause(cause: unknown, depth: number): unknown {
  if (!(cause instanceof Error)) return cause === undefined ? undefined : { name: typeof cause };
  const { name, stack = "" } = cause;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  const store = "store" in cause && typeof cause.store === "string" ? cause.store : undefined;
  return {
    name,
    code,
    store,
    at: stack.split("\n").flatMap((line) => /^ {4}at (.+)$/.exec(line)?.[1] ?? []),
    cause: depth > 1 ? describeCause(cause.cause, depth - 1) : undefined,
  };
}
