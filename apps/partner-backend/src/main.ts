/**
 * Submits the example application with the credentials of the environment, and prints the decision.
 *
 * @module
 */

import { clientOptionsFromEnv, createOAuthClient, isOAuthError } from "@credicorp/oauth-client";
import { readDecision, submitApplication } from "./applications.ts";
import { exampleApplication } from "./example-application.ts";
import { PartnerApiError } from "./partner-api-error.ts";

async function main(): Promise<void> {
  await using client = createOAuthClient(clientOptionsFromEnv());

  const { decisionId } = await submitApplication(client, exampleApplication);
  const { outcome, offer, reasons } = await readDecision(client, decisionId);
  console.log(JSON.stringify({ decisionId, outcome, offer, reasons }, undefined, 2));
}

/** Says what happened and what to do; anything else is a bug, and keeps its stack. */
function explain(error: unknown): string {
  if (isOAuthError(error)) return [error.message, error.hint].filter(Boolean).join("\n");
  if (error instanceof PartnerApiError) return error.message;
  throw error;
}

try {
  await main();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
