/**
 * One exchange with an introspection endpoint: what is sent, and what is made of the answer.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 | RFC 7662 section 2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9701#section-4 | RFC 9701 section 4}
 * @module
 */

import type { HeaderList, HttpRequest, HttpResponse } from "../../http.ts";
import { singleHeaderValue } from "../../http.ts";
import type { ReceivedIntrospectionJwt } from "../../jwt/introspection-jwt.ts";
import { introspectionJwtMediaType, parseIntrospectionJwt } from "../../jwt/introspection-jwt.ts";
import { parseStrictJsonObject } from "../../jwt/strict-json.ts";
import type { Bytes } from "../../ports.ts";
import type { ClientAuthenticationFields } from "../../protocol/client-authentication-fields.ts";
import { formMediaType } from "../../protocol/form.ts";
import type { IntrospectionResponse } from "../../protocol/introspection-response.ts";
import { parseIntrospectionMembers } from "../../protocol/introspection-response.ts";
import { isUtf8MediaType } from "../../protocol/media-type.ts";
import { parseRetryAfter } from "../../protocol/retry-after.ts";
import { formatTokenManagementRequest } from "../../protocol/token-management-request.ts";
import type { IntrospectionOutage } from "./introspection-outage.ts";

/** What proves the caller, in the header, in the body or in both. */
export interface IntrospectionCredentials {
  readonly headers?: HeaderList | undefined;
  readonly fields?: ClientAuthenticationFields | undefined;
}

/** A question about one token. */
export interface IntrospectionQuestion {
  readonly url: string;
  readonly token: string;
  readonly credentials: IntrospectionCredentials;

  /** Whether the answer is to be a signed one; a plain one is refused then. */
  readonly isSigned: boolean;
}

/** What is made of an answer. */
export type ReceivedIntrospection =
  | { readonly kind: "plain"; readonly response: IntrospectionResponse }
  /** Its signature is still to be checked. */
  | { readonly kind: "signed"; readonly jwt: ReceivedIntrospectionJwt }
  | { readonly kind: "outage"; readonly outage: IntrospectionOutage };

/** Bytes of an answer that are read at all. */
export const maxIntrospectionBytes = 65_536;

/** Writes the request. */
export function formatIntrospectionRequest(question: IntrospectionQuestion): HttpRequest {
  const { url, token, isSigned } = question;
  const { headers = [], fields = {} } = question.credentials;
  return {
    method: "POST",
    url,
    headers: [
      ["Accept", isSigned ? introspectionJwtMediaType : "application/json"],
      ["Content-Type", formMediaType],
      ...headers,
    ],
    body: formatTokenManagementRequest({
      token,
      tokenTypeHint: "access_token",
      authentication: fields,
    }),
  };
}

/** Reads an answer; `now` is in seconds since the Unix epoch. */
export function readIntrospectionAnswer(
  response: HttpResponse,
  context: { readonly isSigned: boolean; readonly bytes: Bytes; readonly now: number },
): ReceivedIntrospection {
  const { isSigned, bytes, now } = context;
  if (response.status !== 200) return outage(outageOf(response, now));
  const mediaType = singleHeaderValue(response.headers, "content-type") ?? "";
  const expected = isSigned ? introspectionJwtMediaType : "application/json";
  if (!isUtf8MediaType(mediaType, expected)) return outage({ code: "introspection_media_type" });
  const text = bytes.decodeUtf8(response.body) ?? "";
  if (isSigned) {
    const jwt = parseIntrospectionJwt(text, bytes);
    return jwt.ok ? { kind: "signed", jwt: jwt.value } : outage(jwt.failure);
  }
  const members = parseStrictJsonObject(text);
  if (members === undefined) return outage({ code: "introspection_not_json" });
  const parsed = parseIntrospectionMembers(members);
  return parsed.ok ? { kind: "plain", response: parsed.value } : outage(parsed.failure);
}

/** A refusal is about this resource server, or about the request that it made: never about who sent the token. */
function outageOf({ status, headers }: HttpResponse, now: number): IntrospectionOutage {
  const value = singleHeaderValue(headers, "retry-after");
  const retryAfterSeconds = value === undefined ? undefined : parseRetryAfter(value, now);
  if (status === 401 || status === 403) {
    return { code: "introspection_client_refused", retryAfterSeconds };
  }
  if (status === 429) return { code: "introspection_throttled", retryAfterSeconds };
  if (status >= 500) return { code: "introspection_failed", retryAfterSeconds };
  if (status === 400 || status === 413 || status === 422) return { code: "introspection_refused" };
  return { code: "introspection_status", retryAfterSeconds };
}

function outage({ code, retryAfterSeconds }: IntrospectionOutage): ReceivedIntrospection {
  return { kind: "outage", outage: { code, retryAfterSeconds } };
}
