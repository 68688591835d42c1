// The certificate library wants it first.
import "reflect-metadata";

import { webcrypto } from "node:crypto";
import { createServer, request as send } from "node:https";
import type { AddressInfo } from "node:net";

import type { Verifier } from "@credicorp/oauth-verifier";
import { createRequireScope as createExpressGuards } from "@credicorp/oauth-verifier/express";
import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import { withAccessToken } from "@credicorp/oauth-verifier/fetch";
import { createRequireScope as createHonoGuards } from "@credicorp/oauth-verifier/hono";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";

import { setUp } from "../support/set-up.ts";
import { listen } from "../support/listen.ts";

interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly der: Buffer;
}

async function selfSign(name: string): Promise<Certificate> {
  const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: certificate.toString("pem"),
    key: PemConverter.encode(pkcs8, "PRIVATE KEY"),
    der: Buffer.from(certificate.rawData),
  };
}

/** A verifier that keeps what the adapter says of the connection. */
async function watchCertificates() {
  const { verifier } = await setUp();
  const seen: (Buffer | undefined)[] = [];
  const watching: Verifier = {
    ...verifier,
    beginRequest: (request, requirement) => {
      const der = request.clientCertificate?.();
      seen.push(der && Buffer.from(der));
      return verifier.beginRequest(request, requirement);
    },
  };
  return { verifier: watching, seen };
}

const tls = { requestCert: true, rejectUnauthorized: false };

const servers = [
  {
    name: "Fastify",
    start: async (verifier: Verifier, server: Certificate) => {
      const app = fastify({ https: { ...tls, ...server } });
      await app.register(oauthVerifier, { verifier });
      app.get("/", { onRequest: app.requireScope() }, async () => "");
      await app.listen({ port: 0, host: "127.0.0.1" });
      onTestFinished(() => app.close());
      return (app.server.address() as AddressInfo).port;
    },
  },
  {
    name: "Express",
    start: async (verifier: Verifier, server: Certificate) => {
      const app = express();
      app.get("/", createExpressGuards(verifier)(), (_request, response) => {
        response.end();
      });
      return listen(createServer({ ...tls, ...server }, app));
    },
  },
];

describe("the certificate that a client connected with", () => {
  it.each(servers)("is shown to the verifier by the adapter for $name", async ({ start }) => {
    const [server, client] = await Promise.all([selfSign("CN=127.0.0.1"), selfSign("CN=client")]);
    const { verifier, seen } = await watchCertificates();
    const port = await start(verifier, server);
    const get = async (credentials: object): Promise<void> =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, ca: server.cert, agent: false, ...credentials };
        send({ ...options, checkServerIdentity: () => undefined }, (response) => {
          response.resume().once("end", resolve);
        })
          .once("error", reject)
          .end();
      });
    await get({ cert: client.cert, key: client.key });
    await get({});

    expect(seen).toEqual([client.der, undefined]);
  });

  it("is absent without TLS, and what the application says where the runtime alone knows", async () => {
    const { verifier, seen } = await watchCertificates();
    const der = Buffer.from("certificate");
    const clientCertificate = (): Uint8Array => der;
    const app = fastify();
    await app.register(oauthVerifier, { verifier });
    app.get("/", { onRequest: app.requireScope() }, async () => "");
    const request = new Request("https://api.example/");
    const handler = async (): Promise<Response> => new Response();
    await app.inject("/");
    await withAccessToken(verifier, {}, handler)(request);
    await withAccessToken(verifier, { clientCertificate }, handler)(request);
    await new Hono().get("/", createHonoGuards(verifier, { clientCertificate })()).fetch(request);

    expect(seen).toEqual([undefined, undefined, der, der]);
  });
});
