/**
 * What the token, introspection and revocation endpoints have in common: everything up to their own decision.
 *
 * The order is fixed: method (by the router), transport, media type, size, syntax, repeated parameters, budgets before
 * authentication, authentication, the client's own budget, and then the endpoint's decision.
 *
 * @module
 */

import type { HeaderList, ServerResponse } from "../../http.ts";
import type { ClientAuthenticationFields } from "../../protocol/client-authentication-fields.ts";
import type { FormFields } from "../../protocol/form.ts";
import type { ProtocolFailure, Result } from "../../result.ts";
import { failed } from "../../result.ts";
import { oauthAnswer, refusalAnswer } from "../answers.ts";
import type { AuditDecision } from "../audit-event.ts";
import type { AuthenticatedClient } from "../clients/authenticate-client.ts";
import { authenticateClient } from "../clients/authenticate-client.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import { commitClientAssertion } from "../clients/commit-client-assertion.ts";
import { isRefusal, readPresentedCredentials } from "../clients/presented-credentials.ts";
import { recordSecretUse } from "../clients/record-secret-use.ts";
import {
  chargeBeforeAuthentication,
  chargeClient,
  claimantOf,
  settleAuthentication,
} from "../limits/request-limits.ts";
import type { RateLimit } from "../../ports.ts";
import { parameterRefusal, readForm } from "../read-form.ts";
import type { Refusal } from "../refusal.ts";
import { insecureTransport } from "../secure-transport.ts";
import type { Exchange, ServerContext } from "../server-context.ts";
import { StoreUnavailableError } from "../../stores/store-unavailable.ts";
import { storeUnavailable } from "../store-outage.ts";

/** What an endpoint decided in favour of its caller. */
export interface FormDecision {
  readonly body: string;

  /** @defaultValue `application/json`; an empty body has none */
  readonly mediaType?: string | undefined;
  readonly event: AuditDecision;

  /** Beside those that every answer of an OAuth endpoint has. */
  readonly headers?: HeaderList | undefined;
}

/** Who asks, and how; the budgets have been charged. */
export interface Caller extends Pick<AuthenticatedClient, "assertion"> {
  readonly client: ClientRecord;
  readonly exchange: Exchange;
}

/** What one of the endpoints adds to the common part. */
export interface FormEndpoint<
  Message extends { readonly authentication: ClientAuthenticationFields },
> {
  /** The name of the budget, as callers see it. */
  readonly budget: "token" | "introspection" | "revocation";
  readonly parse: (fields: FormFields) => Result<Message, ProtocolFailure>;

  /** What a public client is told; absent: that its authentication failed. */
  readonly publicClientRefusal?: Refusal;

  /** Whether `decide` itself uses up the caller's assertion, after its own checks; absent: before all of them. */
  readonly commitsAssertion?: true;
  readonly decide: (
    message: Message,
    caller: Caller,
    context: ServerContext,
  ) => Promise<Result<FormDecision, Refusal>>;
}

/** An answer and the decision behind it. */
export interface DecidedAnswer {
  readonly response: ServerResponse;
  readonly event: AuditDecision;
}

/** Answers a POST to one of the endpoints, and says what was decided. */
export async function answerForm<
  Message extends { readonly authentication: ClientAuthenticationFields },
>(
  endpoint: FormEndpoint<Message>,
  exchange: Exchange,
  context: ServerContext,
): Promise<DecidedAnswer> {
  const insecure = insecureTransport(exchange.request.peer, context.policy);
  if (insecure !== undefined) return refuse(insecure);
  const fields = readForm(exchange.request, context.policy);
  if (!fields.ok) return refuse(fields.failure);
  const message = endpoint.parse(fields.value);
  if (!message.ok) return refuse(parameterRefusal(message.failure));
  const authenticated = await admit(endpoint, { message: message.value, exchange }, context);
  if (!authenticated.ok) return refuse(authenticated.failure);

  const { row } = authenticated.value;
  const budget = await chargeClient(
    { clientId: row.id, policy: endpoint.budget },
    clientLimit(endpoint.budget, row.value, context),
    context.ports.rateLimiter,
  );
  if (!budget.ok) return refuse(budget.failure);
  await recordSecretUse(authenticated.value, context, exchange.receivedAt);

  const { assertion } = authenticated.value;
  const caller: Caller = { client: row.value, exchange, assertion };
  const decision = await decide(endpoint, { message: message.value, caller }, context);
  if (!decision.ok) {
    const refusal = await chargeReplay(decision.failure, caller, context);
    return refuse({ ...refusal, clientId: row.id }, budget.value);
  }
  const { body, mediaType, event, headers = [] } = decision.value;
  const answer = { headers: [...budget.value, ...headers], mediaType };
  return { response: oauthAnswer(200, body, answer), event };
}

async function decide<Message extends { readonly authentication: ClientAuthenticationFields }>(
  endpoint: FormEndpoint<Message>,
  input: { readonly message: Message; readonly caller: Caller },
  context: ServerContext,
): Promise<Result<FormDecision, Refusal>> {
  const { message, caller } = input;
  try {
    const replay = endpoint.commitsAssertion
      ? undefined
      : await commitClientAssertion(caller, context);
    return replay === undefined ? await endpoint.decide(message, caller, context) : failed(replay);
  } catch (error) {
    // Caught here already, because here one knows whose request it was.
    if (error instanceof StoreUnavailableError) return failed(storeUnavailable(error));
    throw error;
  }
}

/** A used assertion may be anybody's: whoever sends it again spends the failures that its address may have. */
async function chargeReplay(
  refusal: Refusal,
  { client, exchange }: Caller,
  { policy, ports }: ServerContext,
): Promise<Refusal> {
  if (refusal.why !== "assertion_replayed") return refusal;
  const claimant = claimantOf(exchange.request.peer.address, client.id);
  const limit = policy.limits.failedAuthentication;
  const { rateLimiter } = ports;
  const tooMany = await settleAuthentication(claimant, limit, { rateLimiter, hasFailed: true });
  return tooMany ?? refusal;
}

/** Answers a request with its refusal. */
export function refuse(refusal: Refusal, headers: HeaderList = []): DecidedAnswer {
  const { status, error, why, clientId, cause } = refusal;
  return {
    response: refusalAnswer(refusal, headers),
    event: { type: "request_refused", status, error, why, clientId, cause },
  };
}

/** Authenticates the caller, within the budgets that hold for strangers. */
async function admit<Message extends { readonly authentication: ClientAuthenticationFields }>(
  endpoint: FormEndpoint<Message>,
  input: { readonly message: Message; readonly exchange: Exchange },
  context: ServerContext,
): Promise<Result<AuthenticatedClient, Refusal>> {
  const { limits } = context.policy;
  const { rateLimiter } = context.ports;
  const { peer } = input.exchange.request;
  const presented = readPresentedCredentials(
    input.exchange.request,
    input.message.authentication,
    context.ports.bytes,
  );
  const claimant = claimantOf(peer.address, isRefusal(presented) ? undefined : presented.clientId);
  const tooMany = await chargeBeforeAuthentication(claimant, limits, rateLimiter);
  if (tooMany !== undefined) return failed(tooMany);
  if (isRefusal(presented)) return failed(presented);

  const authenticated = await authenticateClient(presented, context);
  // Nobody could tell: that is no failure of the caller.
  if (!authenticated.ok && authenticated.failure.status === 503) return authenticated;
  const hasFailed = !authenticated.ok;
  if (hasFailed && authenticated.failure.why === "client_public" && endpoint.publicClientRefusal) {
    return failed({ ...endpoint.publicClientRefusal, clientId: authenticated.failure.clientId });
  }
  const limit = limits.failedAuthentication;
  const spent = await settleAuthentication(claimant, limit, { rateLimiter, hasFailed });
  return spent === undefined ? authenticated : failed(spent);
}

function clientLimit(
  budget: FormEndpoint<never>["budget"],
  client: ClientRecord,
  { policy }: ServerContext,
): RateLimit | null {
  return (budget === "token" ? client.tokenLimit : undefined) ?? policy.limits[budget];
}
