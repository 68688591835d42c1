/**
 * Our token endpoint, as it ships: every check on, only the budgets lifted, for they are there to stop such a load.
 *
 * Runs in a process of its own, with the algorithm as its argument, and tells its parent the URL of the endpoint.
 *
 * @module
 */

import { createSandbox } from "@credicorp/oauth-mock-server";
import { benchmarkClient } from "./benchmark-client.ts";

const [, , algorithm] = process.argv;
const { id, secret, scope } = benchmarkClient;
const sandbox = await createSandbox({
  accessTokenAlgorithm: algorithm === "RS256" ? "RS256" : "ES256",
  additionalAlgorithms: [],
  clients: [{ id, secret, scope: scope.split(" "), tokenEndpointAuthMethod: "client_secret_post" }],
  limits: { token: null, address: null },
});
const { url } = await sandbox.listen();

process.send?.({ tokenEndpoint: `${url}/partner/v1/oauth/token` });
process.once("disconnect", () => process.exit());
