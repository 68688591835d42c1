/**
 * An example partner: submits an application for working capital and reads the decision.
 *
 * @module
 */

export type {
  Application,
  AuthorizedFetch,
  Decision,
  Offer,
  SubmittedApplication,
} from "./applications.ts";
export { readDecision, submitApplication } from "./applications.ts";
export { exampleApplication } from "./example-application.ts";
export type { RefusedMember } from "./partner-api-error.ts";
export { PartnerApiError } from "./partner-api-error.ts";
