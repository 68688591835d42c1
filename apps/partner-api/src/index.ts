/**
 * An example resource server: applications for working capital, and the decisions about them.
 *
 * @module
 */

export type { Application } from "./application.ts";
export type { PartnerScope } from "./application-routes.ts";
export { partnerScopes } from "./application-routes.ts";
export type { ApplicationStore, StoredApplication } from "./application-store.ts";
export { createMemoryApplicationStore } from "./application-store.ts";
export type { Decision, DecisionReason, Offer } from "./decision-rule.ts";
export { decide } from "./decision-rule.ts";
export type { PartnerApiEnvironment } from "./env.ts";
export { readEnvironment } from "./env.ts";
export type { PartnerApiOptions } from "./partner-api.ts";
export { createPartnerApi } from "./partner-api.ts";
