/**
 * A resource server with one route twice, guarded by the plugin and not; runs in a process of its own.
 *
 * It tells its parent where it listens and a token that it accepts, and, when asked, what CPU time it has taken.
 *
 * @module
 */

import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import fastify from "fastify";

import { createBenchmarkVerifier } from "./benchmark-verifier.ts";
import { createTokenSigner } from "./signed-tokens.ts";

const signer = createTokenSigner("ES256");
const [token] = signer.makeTokens(1);
const app = fastify();
await app.register(oauthVerifier, { verifier: await createBenchmarkVerifier([signer.publicJwk]) });

const decision = { id: "42", status: "approved" };
app.get("/plain", async () => decision);
app.get("/guarded", { onRequest: app.requireScope("decisions:read") }, async () => decision);

const url = await app.listen({ port: 0, host: "127.0.0.1" });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
process.once("disconnect", () => process.exit());
process.send?.({ url, token });
