import type { Delivery, SandboxResponse } from "./sandbox-response.ts";
import { statusesWithoutContent } from "./sandbox-response.ts";

/** Returns what a delivery lets through of a body. */
export function deliveredBytes(body: string, delivery: Delivery): Uint8Array {
  const bytes = Buffer.from(body);
  if (delivery.cut !== "truncate") return bytes;
  // Half of it, unless it says how much; never the whole, which would be no cut.
  const wanted = delivery.truncateAfterBytes ?? Math.floor(bytes.length / 2);
  return bytes.subarray(0, Math.max(0, Math.min(wanted, bytes.length - 1)));
}

/** Returns how long what is sent of a body is. */
export function sentLength(
  { status, body, delivery }: SandboxResponse,
  { isHead }: { readonly isHead: boolean },
): number {
  if (isHead || statusesWithoutContent.has(status)) return 0;
  if (delivery?.cut === "reset" || delivery?.cut === "empty") return 0;
  return delivery === undefined ? Buffer.byteLength(body) : deliveredBytes(body, delivery).length;
}

/** Takes a body apart as it is to be sent: in one piece, unless it drips. */
export function piecesOf(bytes: Uint8Array, drip: Delivery["drip"]): readonly Uint8Array[] {
  if (bytes.length === 0) return [];
  if (drip === undefined) return [bytes];
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += drip.chunkBytes) {
    pieces.push(bytes.subarray(start, start + drip.chunkBytes));
  }
  return pieces;
}
