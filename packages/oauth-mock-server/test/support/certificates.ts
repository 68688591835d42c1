// The certificate library wants it first.
import "reflect-metadata";

import { webcrypto } from "node:crypto";

import type { JsonGeneralName, X509Certificate } from "@peculiar/x509";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its key. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly der: Buffer;
}

/** What a certificate is to say. */
export interface CertificateOptions {
  /** In the order of the certificate: the most general name first. */
  readonly subject?: string;
  readonly names?: readonly JsonGeneralName[];

  /** In seconds from now. @defaultValue -60 */
  readonly notBefore?: number;

  /** In seconds from now. @defaultValue 3600 */
  readonly notAfter?: number;
}

/** Issues certificates. */
export interface TestAuthority {
  readonly cert: string;
  readonly issue: (options?: CertificateOptions) => Promise<TestCertificate>;

  /** Makes an authority beneath this one; without `mayIssue` its certificate does not say that it is one. */
  readonly issueAuthority: (
    name: string,
    options?: Pick<CertificateOptions, "notBefore" | "notAfter"> & { readonly mayIssue?: boolean },
  ) => Promise<TestAuthority>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const defaultSubject = "O=Example, CN=partner";
let serial = 0;

export async function createAuthority(
  name: string,
  dates: Pick<CertificateOptions, "notBefore" | "notAfter"> = {},
): Promise<TestAuthority> {
  const keys = await makeKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name,
    keys,
    signingAlgorithm: algorithm,
    ...validity(dates),
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return authorityOf(root, keys);
}

function authorityOf(root: X509Certificate, keys: webcrypto.CryptoKeyPair): TestAuthority {
  return {
    cert: root.toString("pem"),
    issueAuthority: async (name, { mayIssue = true, ...dates } = {}) => {
      const ownKeys = await makeKeys();
      const certificate = await X509CertificateGenerator.create({
        serialNumber: nextSerial(),
        issuer: root.subject,
        subject: name,
        publicKey: ownKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(dates),
        extensions: [new BasicConstraintsExtension(mayIssue, undefined, true)],
      });
      return authorityOf(certificate, ownKeys);
    },
    issue: async (options = {}) => {
      const subjectKeys = await makeKeys();
      const certificate = await X509CertificateGenerator.create({
        serialNumber: nextSerial(),
        issuer: root.subject,
        subject: options.subject ?? defaultSubject,
        publicKey: subjectKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(options),
        extensions: extensions(options),
      });
      return describe(certificate, subjectKeys.privateKey);
    },
  };
}

export async function createSelfSigned(options: CertificateOptions = {}): Promise<TestCertificate> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name: options.subject ?? defaultSubject,
    keys,
    signingAlgorithm: algorithm,
    ...validity(options),
    extensions: extensions(options),
  });
  return describe(certificate, keys.privateKey);
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function describe(
  certificate: { readonly rawData: ArrayBuffer; toString: (format: "pem") => string },
  privateKey: webcrypto.CryptoKey,
): Promise<TestCertificate> {
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  return {
    cert: certificate.toString("pem"),
    key: PemConverter.encode(pkcs8, "PRIVATE KEY"),
    der: Buffer.from(certificate.rawData),
  };
}

function validity({ notBefore = -60, notAfter = 3600 }: CertificateOptions): {
  readonly notBefore: Date;
  readonly notAfter: Date;
} {
  const now = Date.now();
  return {
    notBefore: new Date(now + notBefore * 1000),
    notAfter: new Date(now + notAfter * 1000),
  };
}

function extensions({ names = [] }: CertificateOptions): SubjectAlternativeNameExtension[] {
  return names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])];
}

function nextSerial(): string {
  serial += 1;
  return serial.toString(16).padStart(4, "0");
}
