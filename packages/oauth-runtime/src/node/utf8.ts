import type { Buffer } from "node:buffer";
import { isUtf8 } from "node:buffer";

/** Decodes the first bytes of a buffer; `undefined` for what is not UTF-8. A byte order mark is kept. */
export function decodeUtf8(data: Buffer, length: number): string | undefined {
  const text = data.toString("utf8", 0, length);
  // Node writes U+FFFD for what is not UTF-8; where there is none, nothing was wrong.
  return text.includes("\ufffd") && !isUtf8(data.subarray(0, length)) ? undefined : text;
}
