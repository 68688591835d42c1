/**
 * Runs the partner API until SIGINT or SIGTERM.
 *
 * @module
 */

import { createVerifier } from "@credicorp/oauth-verifier";
import { readEnvironment } from "./env.ts";
import { createPartnerApi } from "./partner-api.ts";

const { issuer, audience, host, port } = readEnvironment(process.env);
const verifier = createVerifier({ issuer, audience });
const api = await createPartnerApi({ verifier, logLevel: "info" });
await api.listen({ host, port });

const stop = (): void => void api.close();
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
