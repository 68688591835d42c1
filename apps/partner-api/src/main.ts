/**
 * Runs the partner API until SIGINT or SIGTERM; exits with 2 when it could not start.
 *
 * @module
 */

import { createVerifier } from "@credicorp/oauth-verifier";
import { partnerScopes } from "./application-routes.ts";
import { readEnvironment } from "./env.ts";
import { createPartnerApi } from "./partner-api.ts";

async function main(): Promise<void> {
  const { issuer, audience, host, port } = readEnvironment(process.env);
  const verifier = createVerifier({
    issuer,
    audience,
    scopes: partnerScopes,
    resource: { identifier: audience, name: "Partner API" },
  });
  const api = await createPartnerApi({ verifier, logLevel: "info" });

  const stop = (): void => void api.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await api.listen({ host, port });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
