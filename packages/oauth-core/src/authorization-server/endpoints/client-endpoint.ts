/**
 * Endpoints of the program around the server, for clients alone: the server authenticates, the program answers.
 *
 * @module
 */

import type { ServerResponse } from "../../http.ts";
import type { MaybePromise } from "../../ports.ts";
import type { ClientAuthenticationFields } from "../../protocol/client-authentication-fields.ts";
import {
  clientAuthenticationNames,
  readClientAuthentication,
} from "../../protocol/client-authentication-fields.ts";
import type { FormFields } from "../../protocol/form.ts";
import { formMediaType } from "../../protocol/form.ts";
import { readFormParameters } from "../../protocol/form-parameters.ts";
import type { ProtocolFailure, Result } from "../../result.ts";
import { ok } from "../../result.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import type { Answer } from "../router.ts";
import type { Exchange, ServerContext } from "../server-context.ts";
import type { FormEndpoint } from "./form-endpoint.ts";
import { answerForm } from "./form-endpoint.ts";

/** Answers an authenticated client. */
export type AnswerClient = (client: ClientRecord) => MaybePromise<ServerResponse>;

interface Message {
  readonly authentication: ClientAuthenticationFields;
}

const names = { single: new Set(clientAuthenticationNames), repeatable: new Set<string>() };

/**
 * Authenticates the client of a request exactly as introspection does, budgets included, and has it answered.
 *
 * A refusal looks as it does there. What is answered is no decision of the server, and is not reported.
 */
export async function answerClient(
  { exchange, answer }: { readonly exchange: Exchange; readonly answer: AnswerClient },
  context: ServerContext,
): Promise<Answer> {
  let admitted: ClientRecord | undefined;
  const endpoint: FormEndpoint<Message> = {
    budget: "introspection",
    parse,
    decide: async (_message, { client }) => {
      admitted = client;
      const event = { type: "token_introspected", clientId: client.id, active: false } as const;
      return ok({ body: "", event });
    },
  };
  const decided = await answerForm(endpoint, withForm(exchange), context);
  return admitted === undefined ? decided : { response: await answer(admitted) };
}

function parse(fields: FormFields): Result<Message, ProtocolFailure> {
  const parameters = readFormParameters(fields, names);
  return parameters.ok
    ? ok({ authentication: readClientAuthentication(parameters.value) })
    : parameters;
}

/** A request that reads has no body: its parameters are none. */
function withForm(exchange: Exchange): Exchange {
  const { request } = exchange;
  if (request.method !== "GET" && request.method !== "HEAD") return exchange;
  const others = request.headers.filter(([name]) => name.toLowerCase() !== "content-type");
  const headers = [...others, ["Content-Type", formMediaType] as const];
  return { ...exchange, request: { ...request, headers, body: new Uint8Array(0) } };
}
