// The certificate library wants it first.
import "reflect-metadata";

import { createHash, webcrypto } from "node:crypto";

import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its key, in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;

  /** The value of `x5t#S256`. */
  readonly thumbprint: string;

  /** The value of `x5c`. */
  readonly der: string;

  /** Issues a certificate for a client of this subject. */
  readonly issue: (subject: string) => Promise<TestCertificate>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
let serial = 0;

/** Makes a certificate for servers on this machine; it is an authority, too. */
export async function createSelfSigned(name: string): Promise<TestCertificate> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...frame(),
    name,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
    ],
  });
  return describe(certificate, keys, certificate.subject);
}

async function describe(
  certificate: { readonly rawData: ArrayBuffer; toString: (format: "pem") => string },
  keys: webcrypto.CryptoKeyPair,
  name: string,
): Promise<TestCertificate> {
  const der = Buffer.from(certificate.rawData);
  return {
    cert: certificate.toString("pem"),
    key: PemConverter.encode(
      await webcrypto.subtle.exportKey("pkcs8", keys.privateKey),
      "PRIVATE KEY",
    ),
    der: der.toString("base64"),
    thumbprint: createHash("sha256").update(der).digest("base64url"),
    issue: async (subject) => {
      const own = await makeKeys();
      const issued = await X509CertificateGenerator.create({
        ...frame(),
        issuer: name,
        subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
      });
      return describe(issued, own, subject);
    },
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function frame(): {
  readonly serialNumber: string;
  readonly signingAlgorithm: typeof algorithm;
  readonly notBefore: Date;
  readonly notAfter: Date;
} {
  serial += 1;
  const now = Date.now();
  return {
    serialNumber: serial.toString(16).padStart(4, "0"),
    signingAlgorithm: algorithm,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 3_600_000),
  };
}
