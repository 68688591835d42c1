import type { ServerRequest, ServerResponse } from "@credicorp/oauth-core";

/** How the shell is to send an answer badly. Its delays are of real time, whatever the clock of the sandbox says. */
export interface Delivery {
  /** Waits before anything is sent. */
  readonly delayMs?: number | undefined;

  /** Sends the body in pieces. */
  readonly drip?: { readonly chunkBytes: number; readonly everyMs: number } | undefined;

  /** Resets the connection, ends it without a byte, or ends it within the body. */
  readonly cut?: "reset" | "empty" | "truncate" | undefined;

  /** How much of the body `truncate` lets through. @defaultValue half of it */
  readonly truncateAfterBytes?: number | undefined;
}

/** An answer, and how it is to be delivered; without `delivery` as well as the shell can. */
export interface SandboxResponse extends ServerResponse {
  readonly delivery?: Delivery | undefined;

  /** The ids of the fault rules that had a part in the answer; absent: it is an honest one. */
  readonly faults?: readonly string[] | undefined;
}

/** A request, and what its connection says of it. */
export interface SandboxRequest extends ServerRequest {
  /** Such as `1.1`; absent: it came over no connection. */
  readonly httpVersion?: string | undefined;
}

/** Answers a request that is data; never rejects. */
export type SandboxHandler = (request: SandboxRequest) => Promise<SandboxResponse>;

/** Answers of these statuses have no content (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5), and no `Response` takes any. */
export const statusesWithoutContent: ReadonlySet<number> = new Set([204, 205, 304]);

/** Answers of these statuses end with their header, and say no length. */
export const statusesWithoutBody: ReadonlySet<number> = new Set([204, 304]);
