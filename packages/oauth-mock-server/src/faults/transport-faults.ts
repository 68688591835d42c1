/**
 * Faults of the way back: the answer is the server's own, and arrives late, slowly, in part, or not at all.
 *
 * @module
 */

import type { Delivery } from "../http/sandbox-response.ts";

/** How slowly an answer arrives. */
export type TimingFault =
  /** Waits before the first byte, in real time. */
  | { readonly fault: "delay"; readonly delayMs: number }
  /** Sends the body in pieces of `chunkBytes` (16), one every `everyMs` (100) of real time. */
  | {
      readonly fault: "slow_drip";
      readonly chunkBytes?: number | undefined;
      readonly everyMs?: number | undefined;
    };

/** How a connection ends. The server has carried the request out by then. */
export type ConnectionFault =
  /** Resets the connection before the first byte. */
  | { readonly fault: "connection_reset" }
  /** Ends the connection without a byte. */
  | { readonly fault: "empty_answer" }
  /** Announces the whole body, sends `afterBytes` of it (half), and ends the connection. */
  | { readonly fault: "truncated_body"; readonly afterBytes?: number | undefined };

/** Returns how the shell is to deliver an answer. */
export function deliveryOf(
  timing: TimingFault | undefined,
  connection: ConnectionFault | undefined,
): Delivery {
  return { ...(timing && slowness(timing)), ...(connection && ending(connection)) };
}

/** Tells whether a fault can be seen in an answer that has this body. */
export function isVisible({ fault }: TimingFault | ConnectionFault, body: string): boolean {
  return body !== "" || !["slow_drip", "truncated_body"].includes(fault);
}

function slowness(timing: TimingFault): Delivery {
  if (timing.fault === "delay") return { delayMs: timing.delayMs };
  const { chunkBytes = 16, everyMs = 100 } = timing;
  return { drip: { chunkBytes, everyMs } };
}

function ending(connection: ConnectionFault): Delivery {
  if (connection.fault === "connection_reset") return { cut: "reset" };
  if (connection.fault === "empty_answer") return { cut: "empty" };
  return { cut: "truncate", truncateAfterBytes: connection.afterBytes };
}
