/**
 * Every requirement there is, in the order in which the documents list them.
 *
 * @module
 */

import { accessTokenRequirements } from "./access-token.ts";
import { keyAttacks } from "./attack-keys.ts";
import { parsingAttacks } from "./attack-parsing.ts";
import { trafficAttacks } from "./attack-traffic.ts";
import { claimsSchemaRequirements } from "./claims-schema.ts";
import { clientAssertionRequirements } from "./client-assertion.ts";
import { clientAuthenticationRequirements } from "./client-authentication.ts";
import { clientConcurrencyPitfalls } from "./client-concurrency.ts";
import { clientExpiryPitfalls } from "./client-expiry.ts";
import { clientProtocolPitfalls } from "./client-protocol.ts";
import { clientStorePitfalls } from "./client-stores.ts";
import { dpopRequirements } from "./dpop.ts";
import { httpRequirements } from "./http.ts";
import { introspectionRequirements } from "./introspection.ts";
import { keySetRequirements } from "./key-set.ts";
import { metadataRequirements } from "./metadata.ts";
import { mutualTlsRequirements } from "./mutual-tls.ts";
import { rateLimitRequirements } from "./rate-limits.ts";
import type { RequirementSection } from "./requirement.ts";
import { resourceMetadataRequirements } from "./resource-metadata.ts";
import { resourceServerRequirements } from "./resource-server.ts";
import { revocationRequirements } from "./revocation.ts";
import { sandboxAdminRequirements } from "./sandbox-admin.ts";
import { sandboxCommandRequirements } from "./sandbox-command.ts";
import { sandboxFaultRequirements } from "./sandbox-faults.ts";
import { sandboxTestingRequirements } from "./sandbox-testing.ts";
import { tokenEndpointRequirements } from "./token-endpoint.ts";

export const requirementCatalogue: readonly RequirementSection[] = [
  httpRequirements,
  tokenEndpointRequirements,
  clientAuthenticationRequirements,
  clientAssertionRequirements,
  mutualTlsRequirements,
  dpopRequirements,
  accessTokenRequirements,
  introspectionRequirements,
  revocationRequirements,
  metadataRequirements,
  keySetRequirements,
  rateLimitRequirements,
  resourceServerRequirements,
  sandboxFaultRequirements,
  resourceMetadataRequirements,
  claimsSchemaRequirements,
  sandboxAdminRequirements,
  sandboxTestingRequirements,
  sandboxCommandRequirements,
  clientExpiryPitfalls,
  clientConcurrencyPitfalls,
  clientStorePitfalls,
  clientProtocolPitfalls,
  keyAttacks,
  parsingAttacks,
  trafficAttacks,
];
