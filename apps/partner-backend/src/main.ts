/**
 * Submits the example application with the credentials of the environment, and prints the decision.
 *
 * @module
 */

import { clientOptionsFromEnv, createOAuthClient } from "@credicorp/oauth-client";
import { readDecision, submitApplication } from "./applications.ts";
import { exampleApplication } from "./example-application.ts";

const client = createOAuthClient(clientOptionsFromEnv());
try {
  const { decisionId } = await submitApplication(client, exampleApplication);
  const { outcome, offer, reasons } = await readDecision(client, decisionId);
  console.log({ decisionId, outcome, offer, reasons });
} finally {
  await client.close();
}
