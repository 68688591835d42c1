/**
 * An authority of our own making, and what it certifies. Loaded when it is needed alone, as is the library.
 *
 * @module
 */

// The library wants it first.
import "reflect-metadata";

import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";

import type { Extension } from "@peculiar/x509";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

import { mutualTlsClient } from "../configuration/default-clients.ts";

/** All in PEM. The key of the authority is kept nowhere: nobody can have another certificate of it. */
export interface MadeCertificates {
  readonly authority: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 3600 * 1000;

// By the clock of the machine, as TLS knows no other. Clients refuse more than 398 days.
const lifetimeMs = 90 * dayMs;

/** Makes an authority, a certificate for a server with these names or addresses, and one for the client `partner-mtls`. */
export async function makeCertificates(hosts: readonly string[]): Promise<MadeCertificates> {
  const keys = await makeKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common(),
    name: "O=Credicorp sandbox, CN=Sandbox authority",
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const issue = async (
    subject: string,
    extensions: readonly Extension[],
  ): Promise<readonly [certificate: string, key: string]> => {
    const own = await makeKeys();
    const certificate = await X509CertificateGenerator.create({
      ...common(),
      issuer: authority.subject,
      subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        await SubjectKeyIdentifierExtension.create(own.publicKey),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...extensions,
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", own.privateKey);
    return [`${certificate.toString("pem")}\n`, `${PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`];
  };
  const names = hosts.map((host) => ({
    type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const),
    value: host,
  }));
  const [serverCertificate, serverKey] = await issue("O=Credicorp sandbox, CN=localhost", [
    new SubjectAlternativeNameExtension(names),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
  ]);
  const [clientCertificate, clientKey] = await issue(
    // A certificate begins with the most general name, and text with the most special one (RFC 4514).
    mutualTlsClient.tlsClientAuthSubjectDn.split(",").toReversed().join(", "),
    [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
  );
  return {
    authority: `${authority.toString("pem")}\n`,
    serverCertificate,
    serverKey,
    clientCertificate,
    clientKey,
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function common(): {
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly signingAlgorithm: typeof algorithm;
} {
  const now = Date.now();
  return {
    // Positive, whatever its first bit would be.
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + lifetimeMs),
    signingAlgorithm: algorithm,
  };
}
