/**
 * Client id and secret in HTTP Basic (`client_secret_basic`).
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 | RFC 6749 section 2.3.1}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { decodeFormComponent, encodeFormComponent } from "./form.ts";

/** What a client that has a secret proves itself with. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * How id and secret are encoded before base64: `form` is what RFC 6749 asks for; `raw` is what servers expect that do
 * not decode. They differ only for characters outside of `A-Za-z0-9*-._`.
 */
export type BasicEncoding = "form" | "raw";

/** Why Basic credentials are refused. */
export type BasicFailure = ProtocolFailure<"basic_malformed">;

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
// Controls have no place in an id or a secret (RFC 6749 appendix A.1 and A.2: VSCHAR), nor in a log.
const hasControls = /[\x00-\x1f\x7f]/;

/** Writes the `Authorization` value, scheme included. */
export function formatBasicCredentials(
  { clientId, clientSecret }: ClientCredentials,
  encoding: BasicEncoding = "form",
): string {
  const encode = encoding === "form" ? encodeFormComponent : (text: string) => text;
  const bytes = encoder.encode(`${encode(clientId)}:${encode(clientSecret)}`);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `Basic ${btoa(binary)}`;
}

/** Reads what follows the scheme; both halves are form-decoded, split at the first colon. */
export function parseBasicCredentials(
  credentials: string,
): Result<ClientCredentials, BasicFailure> {
  const text = decodeBase64Text(credentials);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon === -1) return malformed();
  const clientId = decodeFormComponent(text.slice(0, colon));
  const clientSecret = decodeFormComponent(text.slice(colon + 1));
  if (clientId === undefined || clientSecret === undefined || clientId === "") return malformed();
  if (hasControls.test(clientId) || hasControls.test(clientSecret)) return malformed();
  return ok({ clientId, clientSecret });
}

function malformed(): ReturnType<typeof protocolFailure<"basic_malformed">> {
  return protocolFailure(
    "basic_malformed",
    "The Basic credentials are malformed",
    "RFC 6749 section 2.3.1",
  );
}

function decodeBase64Text(base64: string): string | undefined {
  try {
    const binary = atob(base64);
    // A loop: to make an array from a text by its iterator costs more than all the rest.
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
