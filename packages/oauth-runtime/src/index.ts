/**
 * What core needs from the platform, on Node: `node:crypto` and `Buffer`, at once where possible.
 *
 * @module
 */

export type { BoundedAnswer, BoundedInit, FetchBounds, FetchedResponse } from "./bounded-fetch.ts";
export { fetchBounded } from "./bounded-fetch.ts";
export type { Cipher } from "./cipher.ts";
export { deriveCipher } from "./cipher.ts";
export { systemClock } from "./clock.ts";
export type { Diagnostics, DiagnosticsGlobals } from "./diagnostics.ts";
export { createDiagnostics } from "./diagnostics.ts";
export type { TransportFetch } from "./fetch-transport.ts";
export { createFetchTransport } from "./fetch-transport.ts";
export { longestTimerMs } from "./longest-timer.ts";
export { bytes } from "./node/bytes.ts";
export { certificateReader } from "./node/certificate-reader.ts";
export { digest } from "./node/digest.ts";
export { privateKeyFromPem } from "./node/private-key-pem.ts";
export { signatureEngine } from "./node/signature-engine.ts";
export { random } from "./random.ts";
export { backgroundSleep, sleep } from "./sleep.ts";
