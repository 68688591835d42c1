// The certificate library wants it first.
import "reflect-metadata";

import { webcrypto } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { onTestFinished } from "vitest";

/** A certificate for this machine, and its key, in PEM. */
export interface HostCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A partner's host on https, which publishes whatever a test wants it to. */
export interface KeyHost {
  /** Such as `127.0.0.1:40001`. */
  readonly host: string;
  readonly port: number;
  readonly certificate: string;

  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];

  /** Connections that were opened, with or without a request on them. */
  readonly connections: () => number;

  /** What each path publishes as `keys`. */
  readonly published: Map<string, readonly unknown[]>;

  /** Answers instead of the good answer. */
  answer: KeyHostAnswer | undefined;
  readonly close: () => Promise<void>;
}

export type KeyHostAnswer = (response: ServerResponse, request: IncomingMessage) => void;

/** Starts a host on a free port of loopback; it ends with the test. */
export async function startKeyHost(): Promise<KeyHost> {
  const { certificate, privateKey } = await makeCertificate();
  const requests: string[] = [];
  const published = new Map<string, readonly unknown[]>();
  let connections = 0;
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    if (keyHost.answer !== undefined) return keyHost.answer(response, request);
    const keys = published.get(path);
    response.writeHead(keys === undefined ? 404 : 200, { "Content-Type": "application/json" });
    return void response.end(JSON.stringify({ keys }));
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  const keyHost: KeyHost = {
    host: `127.0.0.1:${port}`,
    port,
    certificate,
    requests,
    connections: () => connections,
    published,
    answer: undefined,
    close,
  };
  return keyHost;
}

/** Makes a certificate that signs itself, for the names of loopback. */
async function makeCertificate(): Promise<HostCertificate> {
  const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=keys.partner.example",
      keys,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "dns", value: "keys.partner.example" },
          { type: "ip", value: "127.0.0.1" },
        ]),
      ],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: certificate.toString("pem"),
    privateKey: PemConverter.encode(pkcs8, "PRIVATE KEY"),
  };
}
