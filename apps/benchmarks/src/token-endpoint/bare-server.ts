/**
 * The least that a token endpoint does: read the form, one SHA-256 of the secret, one synchronous signature.
 *
 * Runs in a process of its own, with the algorithm as its argument, and tells its parent the URL of the endpoint.
 *
 * @module
 */

import type { KeyObject } from "node:crypto";
import { createHash, generateKeyPairSync, sign, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { benchmarkClient } from "./benchmark-client.ts";

const [, , algorithm = "ES256"] = process.argv;
const signingKey = { key: makePrivateKey(), dsaEncoding: "ieee-p1363" } as const;
const encodedHeader = encode({ alg: algorithm, typ: "at+jwt", kid: "bare" });
const secretDigest = sha256(benchmarkClient.secret);

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("latin1");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const form = new URLSearchParams(body);
    const isGenuine = timingSafeEqual(sha256(form.get("client_secret") ?? ""), secretDigest);
    const answer = isGenuine
      ? JSON.stringify({ access_token: mint(), token_type: "Bearer", expires_in: 900 })
      : JSON.stringify({ error: "invalid_client" });
    response.writeHead(isGenuine ? 200 : 401, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(answer),
      "cache-control": "no-store",
    });
    response.end(answer);
  });
});

function makePrivateKey(): KeyObject {
  return algorithm === "ES256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    : generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

function mint(): string {
  const now = Math.floor(Date.now() / 1000);
  const { id } = benchmarkClient;
  const claims = { iss: "bare", sub: id, client_id: id, aud: "bare", iat: now, exp: now + 900 };
  const signingInput = `${encodedHeader}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signingInput), signingKey);
  return `${signingInput}.${signature.toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ tokenEndpoint: `http://127.0.0.1:${port}/token` });
});
process.once("disconnect", () => process.exit());
