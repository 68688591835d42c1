import type { AnyOAuthError, Result, TransportFailure } from "@credicorp/oauth-core";
import {
  ConfigurationError,
  failed,
  HttpStatusError,
  NetworkError,
  OAuthResponseError,
  ok,
  ProtocolError,
  TimeoutError,
} from "@credicorp/oauth-core";
import {
  encodeFormComponent,
  formatBasicCredentials,
  formatForm,
  grantFields,
  secretPostFields,
  formMediaType,
  isSecureUrl,
  ownText,
  parseCurrentRetryAfter,
  parseJsonObject,
  readTokenResponse,
} from "@credicorp/oauth-core/protocol";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken } from "@credicorp/oauth-core/token-cache";
import type { BoundedAnswer } from "@credicorp/oauth-runtime";
import { fetchBounded } from "@credicorp/oauth-runtime";

import { readInstant } from "./instant.ts";
import type { TokenSourceOptions } from "./token-source-options.ts";

const maxBodyBytes = 65_536;

/** Obtains one new token, with one request; never rejects. */
export type StandaloneRequest = (signal: AbortSignal) => Promise<Result<AccessToken, AnyOAuthError>>;

/**
 * Makes the client-credentials grant with a secret, by the platform's `fetch`.
 *
 * @throws {@link ConfigurationError} when an option is missing or wrong.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749 section 4.4}
 */
export function createStandaloneRequest(options: TokenSourceOptions): StandaloneRequest {
  const { tokenEndpoint, clientId, clientSecret, scope = [], resource: resources = [] } = options;
  const { fetch = globalThis.fetch, requestTimeoutMs: timeoutMs = 10_000 } = options;
  check("tokenEndpoint", isSecureUrl(tokenEndpoint), "an https URL");
  check("clientId", isCredential(clientId), "a text without controls");
  check("clientSecret", isCredential(clientSecret), "a text without controls");
  const isPost = options.tokenEndpointAuthMethod === "client_secret_post";
  const credentials = { clientId, clientSecret };
  const grant = grantFields({ scope, resources });
  const message = {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": formMediaType,
      ...(!isPost && { authorization: formatBasicCredentials(credentials, options.basicEncoding) }),
    },
    body: formatForm(isPost ? [...grant, ...secretPostFields(credentials)] : grant),
  };

  /** Returns the error that an answer stands for; a status 200 without an `error` member is none. */
  function readError(
    { status, headers }: BoundedAnswer,
    body: string,
  ): AnyOAuthError | undefined {
    const error = ownText(parseJsonObject(body) ?? {}, "error");
    if (error === undefined && status === 200) return undefined;
    const retryAfter = new Map(headers).get("retry-after") ?? "";
    const seconds = parseCurrentRetryAfter(retryAfter, Date.now() / 1000);
    const retryAfterMs = seconds && seconds * 1000;
    if (error === undefined) return new HttpStatusError(status, { retryAfterMs });
    // What a server says may hold what it was told: a registered name is all that is passed on.
    const isName = /^[a-z_]{1,64}$/.test(error) && !error.includes(clientSecret);
    const plain = clientId + clientSecret;
    const isEncoded = encodeFormComponent(plain) !== plain;
    return new OAuthResponseError(
      { status, error: isName ? error : "unknown" },
      { retryAfterMs, hint: isEncoded && error === "invalid_client" ? encodingHint : undefined },
    );
  }

  return async (signal) => {
    const requestedAt = readInstant();
    const answer = await fetchBounded((init) => fetch(tokenEndpoint, { ...message, ...init }), {
      timeoutMs,
      maxBodyBytes,
      signal,
    });
    if (!answer.ok) return failed(buildTransportError(answer.failure));
    const body = new TextDecoder().decode(answer.value.body);
    const error = readError(answer.value, body);
    if (error !== undefined) return failed(error);
    const response = readTokenResponse(body);
    if (!response.ok) return failed(buildProtocolError(response.failure));
    return response.value.tokenType === "Bearer"
      ? ok(buildAccessToken(response.value, { requestedAt, requestedScope: scope }))
      : failed(buildProtocolError("token_type_unexpected"));
  };
}

const encodingHint = 'Some servers do not decode Basic credentials: try basicEncoding: "raw".';

function buildTransportError({ kind }: TransportFailure): AnyOAuthError {
  if (kind === "too_large") return buildProtocolError("response_too_large");
  const message = `The token endpoint gave no answer: ${kind}`
  return kind === "timeout"? new TimeoutError(message): new NetworkError(message);
}

function buildProtocolError(code: string): ProtocolError {
  return new ProtocolError(code, `The token endpoint gave no token: ${code}`);
}

function isCredential(text: unknown): boolean {
  return typeof text === "string" && /^[^\x00-\x1f\x7f]+$/.test(text);
}

function check(option: string, isRight: boolean, expected: string): void {
  if (!isRight) throw new ConfigurationError(option, `The option ${option} is not ${expected}`);
}
