import type {
  AnyOAuthError,
  CancelSignal,
  Clock,
  HttpRequest,
  HttpTransport,
  Result,
  Sleep,
} from "@credicorp/oauth-core";
import {
  AbortedError,
  ConfigurationError,
  failed,
  isOAuthError,
  NetworkError,
  ok,
  ProtocolError,
  TimeoutError,
} from "@credicorp/oauth-core";
import type { ClientAuthenticationFields } from "@credicorp/oauth-core/protocol";
import { formMediaType } from "@credicorp/oauth-core/protocol";

import type { AnswerContext } from "./answer-error.ts";
import { buildAnswerError } from "./answer-error.ts";
import type {
  AuthenticatedEndpoint,
  AuthenticationMaterial,
  ClientAuthentication,
} from "../authentication/client-authentication.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import { eitherOf, shareSignal } from "../waiting/shared-signal.ts";
import { buildTransportError } from "./transport-error.ts";

/** What every request to the authorization server needs. */
export interface EndpointPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly requestTimeoutMs: number;

  /** Aborts every request. */
  readonly closing: CancelSignal;
}

/** Posts a form to an endpoint and reads its answer; never rejects. */
export type EndpointCall = (request: EndpointRequest) => Promise<Result<string, AnyOAuthError>>;

/** A form to be posted by an authenticated client. */
export interface EndpointRequest extends AuthenticatedEndpoint {
  /** Such as `The token endpoint`, for errors. */
  readonly target: string;

  /** Writes the body, with the authentication that travels in it. */
  readonly format: (authentication: ClientAuthenticationFields) => string;
  readonly signal?: AbortSignal | undefined;

  /** Texts in the body, beside the credential, that must not appear in an error. */
  readonly secrets?: readonly string[];
}

// An answer is a few kilobytes; a page of a gateway may be more.
const maxBodyBytes = 65_536;
const utf8 = new TextDecoder();
const transportGraceMs = 1000;

/** Makes the function that posts forms as an authenticated client. */
export function createEndpointCall(
  authentication: ClientAuthentication,
  ports: EndpointPorts,
): EndpointCall {
  return async (request) => {
    const { url, signal, secrets = [] } = request;
    const { closing } = ports;
    const stopping = signal === undefined ? closing : eitherOf(closing, shareSignal(signal));
    const material = await authenticateSafely(authentication, request, { ...ports, stopping });
    if (!material.ok) return material;
    const { headers, fields, hint } = material.value;
    const message: HttpRequest = {
      method: "POST",
      url,
      headers: [["accept", "application/json"], ["content-type", formMediaType], ...headers],
      body: request.format(fields),
    };
    const answer = { secrets: [...material.value.secrets, ...secrets], invalidClientHint: hint };
    return exchange(message, { ...request, ...answer }, { ...ports, stopping });
  };
}

/** Fetches a document that anybody may read. */
export async function fetchDocument(
  url: string,
  target: string,
  ports: EndpointPorts,
): Promise<Result<string, AnyOAuthError>> {
  const message: HttpRequest = { method: "GET", url, headers: [["accept", "application/json"]] };
  return exchange(message, { target, secrets: [] }, { ...ports, stopping: ports.closing });
}

/** Makes the error of a body that a wire module refused. */
export function buildProtocolError(
  failure: { readonly code: string; readonly message: string; readonly reference: string },
  target: string,
): ProtocolError {
  const { code, message, reference } = failure;
  return new ProtocolError(code, `${target} answered 200, but: ${lowerFirst(message)}`, {
    reference,
  });
}

/** What bounds one request. */
interface RequestPorts extends EndpointPorts {
  /** Aborts this request: the client is closed, or its caller has given up. */
  readonly stopping: CancelSignal;
}

async function exchange(
  message: HttpRequest,
  context: Omit<AnswerContext, "now"> & Pick<EndpointRequest, "target">,
  ports: RequestPorts,
): Promise<Result<string, AnyOAuthError>> {
  const { transport, clock, sleep, stopping, requestTimeoutMs: timeoutMs } = ports;
  const { target } = context;
  const unanswered = { target, url: message.url, timeoutMs };
  const send = async (): Promise<Result<string, AnyOAuthError>> => {
    const response = await transport(message, { timeoutMs, maxBodyBytes, signal: stopping });
    if (!response.ok) return failed(buildTransportError(response.failure, unanswered));
    const body = utf8.decode(response.value.body);
    const error = buildAnswerError(response.value, body, { ...context, now: clock.now() });
    return error === undefined ? ok(body) : failed(error);
  };
  // The transport keeps the time itself; the grace lets its own answer win.
  const bound = { timeoutMs: timeoutMs + transportGraceMs, sleep, signal: stopping };
  try {
    const result = stopping.aborted ? undefined : await settleWithin(send(), bound);
    if (result !== undefined) return result;
    const kind = stopping.aborted ? "aborted" : "timeout";
    return failed(buildTransportError({ kind }, unanswered));
  } catch {
    // A transport is asked never to reject; one that does must not take the client down.
    return failed(
      new NetworkError(`${target} could not be asked: the transport has thrown an error`, {
        hint: "A transport resolves to a failure. Its error is not repeated here: it may hold a secret.",
      }),
    );
  }
}

async function authenticateSafely(
  authentication: ClientAuthentication,
  endpoint: AuthenticatedEndpoint,
  { requestTimeoutMs: timeoutMs, sleep, stopping: signal }: RequestPorts,
): Promise<Result<AuthenticationMaterial, AnyOAuthError>> {
  try {
    if (!signal.aborted) {
      const proving = Promise.resolve(authentication.authenticate(endpoint));
      const material = await settleWithin(proving, { timeoutMs, sleep, signal });
      if (material !== undefined) return ok(material);
    }
    if (signal.aborted) return failed(new AbortedError("The request was aborted"));
    return failed(
      new TimeoutError(`There was no client secret within ${timeoutMs} ms`, {
        hint: "Look at the function that gives the client secret: it does not answer.",
      }),
    );
  } catch (error) {
    if (isOAuthError(error)) return failed(error);
    // What a caller's function throws may hold the secret that it failed to read.
    return failed(
      new ConfigurationError(
        "clientSecret",
        "The function that gives the client secret has failed",
        {
          hint: "Catch and log its error where it is thrown; it is not repeated here.",
        },
      ),
    );
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
