/**
 * The least that a token endpoint on Fastify does at its start: a key, a body parser, a route, one line when it listens.
 *
 * @module
 */

import { createHash, generateKeyPairSync, sign, timingSafeEqual } from "node:crypto";
import { fastify } from "fastify";
import { benchmarkClient } from "../token-endpoint/benchmark-client.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const secretDigest = sha256(benchmarkClient.secret);

const app = fastify();
app.addContentTypeParser(
  "application/x-www-form-urlencoded",
  { parseAs: "string" },
  (_request, body, done) => done(null, new URLSearchParams(String(body))),
);
app.post<{ Body: URLSearchParams }>("/token", async ({ body }, reply) => {
  if (!timingSafeEqual(sha256(body.get("client_secret") ?? ""), secretDigest)) {
    return reply.code(401).send({ error: "invalid_client" });
  }
  const claims = { sub: benchmarkClient.id, exp: Math.floor(Date.now() / 1000) + 900 };
  const signingInput = `${encode({ alg: "ES256", typ: "at+jwt" })}.${encode(claims)}`;
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  const signature = sign("sha256", Buffer.from(signingInput), key).toString("base64url");
  return { access_token: `${signingInput}.${signature}`, token_type: "Bearer", expires_in: 900 };
});
const url = await app.listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ tokenEndpoint: `${url}/token` }));

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
