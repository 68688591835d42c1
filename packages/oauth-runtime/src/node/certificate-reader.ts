import { X509Certificate } from "node:crypto";

import type { CertificateReader, SubjectAlternativeNames } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";

/**
 * Certificates by `node:crypto`; `undefined` on Deno.
 *
 * Node writes names as text. It escapes whatever a value could use to look like the end of itself: control characters
 * and separators of the subject by a backslash, alternative names with anything unusual as JSON strings. Bun does too.
 * Deno escapes nothing, so that a certificate could give itself the names of another client.
 */
export const certificateReader: CertificateReader | undefined = Object.hasOwn(globalThis, "Deno")
  ? undefined
  : { read };

function read(der: Uint8Array): ReturnType<CertificateReader["read"]> {
  const certificate = parse(der);
  // Bytes after the certificate, or another spelling of it, would be a certificate with another thumbprint.
  if (certificate === undefined || !certificate.raw.equals(der)) {
    return failed("the bytes are not one certificate in DER");
  }
  const notBefore = Date.parse(certificate.validFrom) / 1000;
  const notAfter = Date.parse(certificate.validTo) / 1000;
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) return failed("a date is malformed");
  const names = parseAlternativeNames(certificate.subjectAltName ?? "");
  if (names === undefined) return failed("the alternative names are malformed");
  const subjectDn = toRfc4514(certificate.subject ?? "");
  return ok({ subjectDn, subjectAlternativeNames: names, notBefore, notAfter });
}

function parse(der: Uint8Array): X509Certificate | undefined {
  // PEM is read too, but is not what was asked for: DER begins with the tag of a sequence.
  if (der[0] !== 0x30) return undefined;
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

/** Node has one line for each part of a name, the most general first; the attributes of one part are joined by ` + `. */
function toRfc4514(subject: string): string {
  return subject.split("\n").toReversed().join(",");
}

const alternativeName = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
const kinds = { DNS: "dns", URI: "uri", "IP Address": "ip", email: "email" } as const;

/** Reads Node's text; `undefined` unless all of it is understood. Kinds of names that nobody asks for are left out. */
function parseAlternativeNames(text: string): SubjectAlternativeNames | undefined {
  const names = {
    dns: [] as string[],
    uri: [] as string[],
    ip: [] as string[],
    email: [] as string[],
  };
  alternativeName.lastIndex = 0;
  let end = 0;
  while (end < text.length) {
    const [whole = "", kind = "", quoted = ""] = alternativeName.exec(text) ?? [];
    if (whole === "") return undefined;
    end += whole.length;
    if (!isKnownKind(kind)) continue;
    const value = quoted.startsWith('"') ? unquote(quoted) : quoted;
    if (value === undefined) return undefined;
    names[kinds[kind]].push(value);
  }
  return names;
}

function isKnownKind(kind: string): kind is keyof typeof kinds {
  return Object.hasOwn(kinds, kind);
}

function unquote(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}
