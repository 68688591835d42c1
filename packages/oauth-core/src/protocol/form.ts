/**
 * `application/x-www-form-urlencoded` bodies, as RFC 6749 Appendix B uses them.
 *
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";

/** Fields in order; a repeated name appears repeatedly. */
export type FormFields = readonly (readonly [name: string, value: string])[];

/** What bounds a body that is read. */
export interface FormLimits {
  /** Longer bodies are `form_too_large`. */
  readonly maxBytes: number;

  /** More fields are `form_too_many_fields`. */
  readonly maxFields: number;
}

/** Why a body is refused. */
export type FormFailure = ProtocolFailure<
  "form_too_large" | "form_too_many_fields" | "form_malformed"
>;

/** The media type that a form is sent as. */
export const formMediaType = "application/x-www-form-urlencoded";

const reference = "RFC 6749 appendix B";
const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes fields as a body. */
export function formatForm(fields: FormFields): string {
  // The types of platforms ask for tuples that could be changed; nobody changes them.
  return new URLSearchParams(fields as readonly [string, string][]).toString();
}

/**
 * Reads a body.
 *
 * Raw spaces, colons and other characters that a sender should have encoded are taken as they are, as `curl -d` sends
 * them. Broken percent-encoding, invalid UTF-8 and NUL are refused, in names as in values.
 */
export function parseForm(body: Uint8Array, limits: FormLimits): Result<FormFields, FormFailure> {
  if (body.length > limits.maxBytes) {
    return protocolFailure("form_too_large", "The request body is too large", reference);
  }
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return protocolFailure("form_malformed", "The request body is not valid UTF-8", reference);
  }

  const fields: (readonly [string, string])[] = [];
  for (let start = 0; start <= text.length;) {
    let end = text.indexOf("&", start);
    if (end === -1) end = text.length;
    if (end > start) {
      if (fields.length === limits.maxFields) {
        return protocolFailure(
          "form_too_many_fields",
          "The request has too many parameters",
          reference,
        );
      }
      const field = text.slice(start, end);
      const equals = field.indexOf("=");
      const name = decodeFormComponent(equals === -1 ? field : field.slice(0, equals));
      const value = decodeFormComponent(equals === -1 ? "" : field.slice(equals + 1));
      if (name === undefined || value === undefined) {
        return protocolFailure("form_malformed", "A parameter is not form-encoded", reference);
      }
      fields.push([name, value]);
    }
    start = end + 1;
  }
  return ok(fields);
}

/** Form-encodes one name or value; a lone surrogate becomes U+FFFD. */
export function encodeFormComponent(text: string): string {
  return formatForm([["", text]]).slice(1);
}

/** Decodes one name or value; `undefined` for broken percent-encoding, invalid UTF-8 or NUL. */
export function decodeFormComponent(text: string): string | undefined {
  let decoded = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (decoded.includes("%")) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      return undefined;
    }
  }
  return decoded.includes("\0") ? undefined : decoded;
}
