/**
 * All faults as data: where each can happen, what it competes with, and which members its rule has.
 *
 * The parser reads rules by it, and whoever needs a schema derives that from it.
 *
 * @module
 */

import type { Fault, FaultConditions, FaultEndpoint, FaultName } from "./fault.ts";

/** Of the rules of one stage that match a request, the first acts. */
export type FaultStage = "answer" | "clock" | "token" | "document" | "timing" | "connection";

/** What a member of a rule may be. */
export type MemberDefinition = {
  /** @defaultValue false */
  readonly isRequired?: boolean;
} & (
  | { readonly type: "integer" | "number"; readonly min: number; readonly max: number }
  | { readonly type: "text" | "texts" }
  | { readonly type: "choice"; readonly of: readonly string[] }
);

/** The members of some fault, beside its name. */
export type MemberDefinitions<Members> = {
  readonly [Name in Exclude<keyof Members, "fault">]-?: MemberDefinition;
};

/** What is known of a fault. */
export interface FaultDefinition<Name extends FaultName = FaultName> {
  readonly stage: FaultStage;
  readonly endpoints: readonly FaultEndpoint[];
  readonly members: MemberDefinitions<Extract<Fault, { readonly fault: Name }>>;
}

/** Every endpoint, in the order in which they are documented. */
const faultEndpoints: readonly FaultEndpoint[] = [
  "token",
  "introspection",
  "revocation",
  "jwks",
  "metadata",
];

const everywhere = faultEndpoints;
const atToken: readonly FaultEndpoint[] = ["token"];
const atJwks: readonly FaultEndpoint[] = ["jwks"];
const text: MemberDefinition = { type: "text" };
const texts: MemberDefinition = { type: "texts" };
const day = 86_400;
const tenMinutesMs = 600_000;
const lastSeed = 2 ** 32 - 1;
const manyTimes = 1_000_000_000;

/** The conditions that every rule may have. */
export const conditionDefinitions: MemberDefinitions<FaultConditions> = {
  id: text,
  endpoint: { type: "choice", of: faultEndpoints },
  client: text,
  scope: text,
  probability: { type: "number", min: 0, max: 1 },
  seed: { type: "integer", min: 0, max: lastSeed },
  times: { type: "integer", min: 1, max: manyTimes },
  after: { type: "integer", min: 0, max: manyTimes },
  expiresInSeconds: { type: "number", min: 0, max: 365 * day },
};

const retryAfterSeconds: MemberDefinition = { type: "integer", min: 0, max: day };
const retryAfterForm: MemberDefinition = { type: "choice", of: ["seconds", "date"] };

/** All faults there are. */
export const faultDefinitions: { readonly [Name in FaultName]: FaultDefinition<Name> } = {
  html_page: {
    stage: "answer",
    endpoints: everywhere,
    members: { status: { type: "integer", min: 200, max: 599 } },
  },
  error_with_200: { stage: "answer", endpoints: everywhere, members: { error: text } },
  too_many_requests: {
    stage: "answer",
    endpoints: everywhere,
    members: { retryAfterSeconds, retryAfterForm },
  },
  server_error: {
    stage: "answer",
    endpoints: everywhere,
    members: {
      status: { type: "integer", min: 500, max: 599 },
      retryAfterSeconds,
      retryAfterForm,
    },
  },
  dpop_nonce_storm: { stage: "answer", endpoints: atToken, members: {} },
  clock_skew: {
    stage: "clock",
    endpoints: everywhere,
    members: { seconds: { type: "integer", min: -365 * day, max: 365 * day, isRequired: true } },
  },
  expired_on_arrival: {
    stage: "token",
    endpoints: atToken,
    members: { agoSeconds: { type: "integer", min: 0, max: 365 * day } },
  },
  unknown_kid: { stage: "token", endpoints: atToken, members: {} },
  bad_signature: { stage: "token", endpoints: atToken, members: {} },
  wrong_issuer: { stage: "token", endpoints: atToken, members: { issuer: text } },
  wrong_audience: { stage: "token", endpoints: atToken, members: { audience: text } },
  narrowed_scope: { stage: "token", endpoints: atToken, members: { grants: texts } },
  expires_in: {
    stage: "document",
    endpoints: atToken,
    members: {
      as: {
        type: "choice",
        of: ["missing", "null", "string", "text", "zero", "negative", "fraction", "huge"],
        isRequired: true,
      },
    },
  },
  token_type: { stage: "document", endpoints: atToken, members: { value: text } },
  key_missing: { stage: "document", endpoints: atJwks, members: { kid: text } },
  key_published_late: {
    stage: "document",
    endpoints: atJwks,
    members: {
      lateBySeconds: { type: "integer", min: 1, max: 365 * day, isRequired: true },
      kid: text,
    },
  },
  truncated_json: { stage: "document", endpoints: everywhere, members: {} },
  wrong_metadata_issuer: {
    stage: "document",
    endpoints: ["metadata"],
    members: { issuer: text },
  },
  delay: {
    stage: "timing",
    endpoints: everywhere,
    members: { delayMs: { type: "integer", min: 0, max: tenMinutesMs, isRequired: true } },
  },
  slow_drip: {
    stage: "timing",
    endpoints: everywhere,
    members: {
      chunkBytes: { type: "integer", min: 1, max: 65_536 },
      everyMs: { type: "integer", min: 0, max: tenMinutesMs },
    },
  },
  connection_reset: { stage: "connection", endpoints: everywhere, members: {} },
  empty_answer: { stage: "connection", endpoints: everywhere, members: {} },
  truncated_body: {
    stage: "connection",
    endpoints: everywhere,
    members: { afterBytes: { type: "integer", min: 0, max: 1_048_576 } },
  },
};
