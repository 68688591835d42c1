import type { ServerRequest, ServerResponse } from "@credicorp/oauth-core";

/** How the shell is to send an answer badly. Its delays are of real time, whatever the clock of the sandbox says. */
export interface Delivery {
  /** Waits before anything is sent. */
  readonly delayMs?: number;

  /** Sends the body in pieces. */
  readonly drip?: { readonly chunkBytes: number; readonly everyMs: number };

  /** Resets the connection, ends it without a byte, or ends it within the body. */
  readonly cut?: "reset" | "empty" | "truncate";

  /** How much of the body `truncate` lets through. */
  readonly truncateAfterBytes?: number;
}

/** An answer, and how it is to be delivered; without `delivery` as well as the shell can. */
export interface SandboxResponse extends ServerResponse {
  readonly delivery?: Delivery | undefined;
}

/** Answers a request that is data; never rejects. */
export type SandboxHandler = (request: ServerRequest) => Promise<SandboxResponse>;
