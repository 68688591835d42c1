import type { AnyOAuthError, Result } from "@credicorp/oauth-core";
import {
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
  formMediaType,
  grantFields,
  isSecureUrl,
  ownText,
  parseCurrentRetryAfter,
  parseJsonObject,
  readTokenResponse,
  secretPostFields,
} from "@credicorp/oauth-core/protocol";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken } from "@credicorp/oauth-core/token-cache";
import { fetchBounded } from "@credicorp/oauth-runtime";

import { checkOption, checkPositive } from "./check-option.ts";
import { readInstant } from "./instant.ts";
import type { TokenSourceOptions } from "./token-source-options.ts";

// An answer is a few kilobytes; a page of a gateway may be more.
const maxBodyBytes = 65_536;
const encodingHint = 'Try basicEncoding: "raw": some servers do not decode.';

/** Obtains one new token, with one request; never rejects. */
export type RequestToken = (signal: AbortSignal) => Promise<Result<AccessToken, AnyOAuthError>>;

/**
 * Makes the client-credentials grant with a secret, by the platform's `fetch`.
 *
 * @throws {@link ConfigurationError} when an option is missing or wrong.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749 section 4.4}
 */
export function createTokenRequest(options: TokenSourceOptions): RequestToken {
  const {
    tokenEndpoint,
    clientId,
    clientSecret,
    scope = [],
    resource,
    tokenEndpointAuthMethod: method = "client_secret_basic",
    basicEncoding = "form",
    requestTimeoutMs: timeoutMs = 10_000,
    fetch = globalThis.fetch,
  } = options;
  const isPost = method === "client_secret_post";
  checkOption("tokenEndpoint", isSecureUrl(tokenEndpoint));
  checkOption("clientId", isCredential(clientId));
  checkOption("clientSecret", isCredential(clientSecret));
  checkOption("tokenEndpointAuthMethod", isPost || method === "client_secret_basic");
  checkOption("basicEncoding", basicEncoding === "form" || basicEncoding === "raw");
  checkPositive("requestTimeoutMs", timeoutMs);
  const grant = grantFields({ scope, resources: resource });
  const message = {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": formMediaType,
      ...(!isPost && { authorization: formatBasicCredentials(options, basicEncoding) }),
    },
    body: formatForm(isPost ? [...grant, ...secretPostFields(options)] : grant),
  };

  const plain = clientId + clientSecret;
  const hint = encodeFormComponent(plain) === plain ? undefined : encodingHint;

  return async (signal) => {
    const requestedAt = readInstant();
    const answer = await fetchBounded((init) => fetch(tokenEndpoint, { ...message, ...init }), {
      timeoutMs,
      maxBodyBytes,
      signal,
    });
    if (!answer.ok) return failed(buildError(answer.failure.kind));
    const { status, headers } = answer.value;
    const body = new TextDecoder().decode(answer.value.body);
    const error = ownText(parseJsonObject(body) ?? {}, "error");
    if (error !== undefined || status !== 200) {
      const retryAfter = new Map(headers).get("retry-after") ?? "";
      const seconds = parseCurrentRetryAfter(retryAfter, readInstant().epochSeconds);
      const details = {
        retryAfterMs: seconds && seconds * 1000,
        hint: error === "invalid_client" ? hint : undefined,
      };
      if (error === undefined) return failed(new HttpStatusError(status, details));
      // What a server says may repeat what it was told: the name of an error is all that is passed on.
      const isName = /^[a-z_]{1,64}$/.test(error) && !error.includes(clientSecret);
      const document = { status, error: isName ? error : "unknown" };
      return failed(new OAuthResponseError(document, details));
    }
    const response = readTokenResponse(body);
    if (!response.ok) return failed(buildError(response.failure));
    return response.value.tokenType === "Bearer"
      ? ok(buildAccessToken(response.value, { requestedAt, requestedScope: scope }))
      : failed(buildError("token_type_unexpected"));
  };
}

/** What more there is to say is on the page that every error links to. */
function buildError(code: string): AnyOAuthError {
  const message = `The token endpoint gave no token: ${code}`;
  if (code === "timeout") return new TimeoutError(message);
  if (code === "network") return new NetworkError(message);
  return new ProtocolError(code === "too_large" ? "response_too_large" : code, message);
}

function isCredential(value: unknown): boolean {
  return typeof value === "string" && /^[^\x00-\x1f\x7f]+$/.test(value);
}
