/**
 * The subject that a client of `tls_client_auth` is registered with, and how a certificate fits it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2 | RFC 8705 section 2.1.2}
 * @module
 */

import type { CertificateDetails } from "../../ports.ts";
import {
  isSameDistinguishedName,
  parseDistinguishedName,
} from "../../protocol/distinguished-name.ts";
import { parseAbsoluteUrl } from "../../protocol/secure-url.ts";

/** The name that the certificate of a client must have: exactly one of these. */
export interface CertificateSubject {
  /** The whole subject in the form of RFC 4514: the most specific name first, every value as it is in the certificate. */
  readonly tlsClientAuthSubjectDn?: string | undefined;

  /** A DNS name; a wildcard means the wildcard itself. */
  readonly tlsClientAuthSanDns?: string | undefined;
  readonly tlsClientAuthSanUri?: string | undefined;

  /** An IP address, IPv6 in any spelling. */
  readonly tlsClientAuthSanIp?: string | undefined;
  readonly tlsClientAuthSanEmail?: string | undefined;
}

/** The members of {@link CertificateSubject}. */
export const subjectMembers = [
  "tlsClientAuthSubjectDn",
  "tlsClientAuthSanDns",
  "tlsClientAuthSanUri",
  "tlsClientAuthSanIp",
  "tlsClientAuthSanEmail",
] as const;

/** Returns which member of a registration is wrong and why; `undefined` when exactly one is there, and is well-formed. */
export function subjectFault(
  subject: CertificateSubject,
): { readonly member: string; readonly rule: string } | undefined {
  const [member, ...others] = subjectMembers.filter((name) => subject[name] !== undefined);
  if (member === undefined || others.length > 0) {
    return {
      member: others[0] ?? subjectMembers[0],
      rule: `must be the only one of ${subjectMembers.join(", ")}: tls_client_auth needs exactly one`,
    };
  }
  const text = subject[member] ?? "";
  if (member === "tlsClientAuthSubjectDn") {
    return (parseDistinguishedName(text)?.length ?? 0) > 0
      ? undefined
      : { member, rule: "must be a distinguished name such as CN=partner,O=Example (RFC 4514)" };
  }
  const isWellFormed = canonicalNames[member](text) !== undefined && /^[\x21-\x7e]+$/.test(text);
  return isWellFormed ? undefined : { member, rule: rules[member] };
}

/** Tells whether a certificate has the name that a client is registered with; a client without one fits none. */
export function fitsSubject(certificate: CertificateDetails, subject: CertificateSubject): boolean {
  const { subjectDn, subjectAlternativeNames: names } = certificate;
  const [member, ...others] = subjectMembers.filter((name) => subject[name] !== undefined);
  if (member === undefined || others.length > 0) return false;
  const text = subject[member] ?? "";
  if (member === "tlsClientAuthSubjectDn") {
    const expected = parseDistinguishedName(text);
    const actual = parseDistinguishedName(subjectDn);
    if (expected === undefined || actual === undefined || expected.length === 0) return false;
    return isSameDistinguishedName(expected, actual);
  }
  const canonical = canonicalNames[member];
  const expected = canonical(text);
  return (
    expected !== undefined && names[kinds[member]].some((name) => canonical(name) === expected)
  );
}

type AlternativeMember = Exclude<(typeof subjectMembers)[number], "tlsClientAuthSubjectDn">;

const kinds = {
  tlsClientAuthSanDns: "dns",
  tlsClientAuthSanUri: "uri",
  tlsClientAuthSanIp: "ip",
  tlsClientAuthSanEmail: "email",
} as const;

const rules: Readonly<Record<AlternativeMember, string>> = {
  tlsClientAuthSanDns: "must be a DNS name",
  tlsClientAuthSanUri: "must be a URI",
  tlsClientAuthSanIp: "must be an IP address",
  tlsClientAuthSanEmail: "must be an e-mail address",
};

/** What two spellings of one name have in common; a URI has one spelling. */
const canonicalNames: Readonly<Record<AlternativeMember, (name: string) => string | undefined>> = {
  tlsClientAuthSanDns: (name) => name.toLowerCase() || undefined,
  tlsClientAuthSanUri: (name) => name || undefined,
  tlsClientAuthSanIp: canonicalAddress,
  tlsClientAuthSanEmail: (name) => {
    const at = name.lastIndexOf("@");
    // The part before the sign may depend on its case, the host does not.
    return at < 1 ? undefined : name.slice(0, at) + name.slice(at).toLowerCase();
  },
};

function canonicalAddress(address: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const numbers = address.split(".").map(Number);
    return numbers.every((number) => number <= 255) ? numbers.join(".") : undefined;
  }
  if (!/^[0-9A-Fa-f:.]+$/.test(address)) return undefined;
  return parseAbsoluteUrl(`http://[${address}]/`)?.hostname;
}
