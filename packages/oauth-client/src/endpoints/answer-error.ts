import type { AnyOAuthError, HttpResponse, OAuthErrorDetails } from "@credicorp/oauth-core";
import { HttpStatusError, OAuthResponseError, singleHeaderValue } from "@credicorp/oauth-core";
import { oauthErrorCodes, parseOAuthError, parseRetryAfter } from "@credicorp/oauth-core/protocol";

/** What is known about a request whose answer is an error. */
export interface AnswerContext {
  /** Epoch seconds. */
  readonly now: number;

  /** Texts that must not appear in the error, should the server repeat them. */
  readonly secrets: readonly string[];

  /** What to try when the server answers `invalid_client`. */
  readonly invalidClientHint?: string | undefined;
}

const requestIdNames = ["x-request-id", "request-id", "x-correlation-id"];

const hints: ReadonlyMap<string, string> = new Map([
  ["invalid_client", "Check the client id, the secret and the client authentication method."],
  ["unauthorized_client", "Ask for the client_credentials grant to be enabled for this client."],
  ["invalid_scope", "Ask only for scope that is registered for this client."],
  ["invalid_dpop_proof", "Compare the clocks of this machine and of the server."],
  ["use_dpop_nonce", "The server refused the nonce that it gave: do its nodes share their nonces?"],
]);

// Whoever chose one of them for a secret has none; and without it, nobody can tell what went wrong.
const registeredErrors: ReadonlySet<string> = new Set(oauthErrorCodes);

// Shorter texts occur in any message by chance: redacting them would hide the error and reveal them.
const minSecretLength = 8;

/**
 * Makes the error of an answer that is not a success, or `undefined` for a status 200 without an `error` member.
 *
 * JSON errors count whatever their status; a body that is none leaves the status to tell.
 */
export function buildAnswerError(
  response: HttpResponse,
  body: string,
  context: AnswerContext,
): AnyOAuthError | undefined {
  const { status } = response;
  const document = parseOAuthError(body) && parseOAuthError(redactJson(body, context.secrets));
  if (document === undefined && status === 200) return undefined;
  const details = readDetails(response, context);
  if (document === undefined) {
    const hint = statusHint(status);
    return new HttpStatusError(status, { ...details, ...(hint !== undefined && { hint }) });
  }
  const { error, errorDescription } = document;
  const special = error === "invalid_client" ? context.invalidClientHint : undefined;
  const hint = special ?? hints.get(error);
  return new OAuthResponseError(
    { status, error, errorDescription },
    { ...details, reference: "RFC 6749 section 5.2", ...(hint !== undefined && { hint }) },
  );
}

/** Reads what the header of an answer adds to its error. */
function readDetails(
  { headers }: HttpResponse,
  { now, secrets }: AnswerContext,
): OAuthErrorDetails {
  const retryAfter = singleHeaderValue(headers, "retry-after");
  const seconds = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now);
  const requestId = requestIdNames
    .map((name) => singleHeaderValue(headers, name))
    .find((value) => value !== undefined && /^[\w.:/+=-]{1,128}$/.test(value));
  return {
    ...(seconds !== undefined && { retryAfterMs: Math.ceil(seconds * 1000) }),
    ...(requestId !== undefined && { requestId: withoutSecrets(requestId, secrets) }),
  };
}

function statusHint(status: number): string | undefined {
  if (status > 200 && status < 300) {
    return "Status 200 was expected: check the base URL, and look for a proxy in between.";
  }
  if (status >= 300 && status < 400) {
    return "The endpoint redirects, and redirects are not followed with credentials. Use the address it points to.";
  }
  return status === 404 ? "Nothing is there: check the base URL." : undefined;
}

/** Redacts before anything is cut or replaced, which would leave parts of a secret behind. */
function redactJson(json: string, secrets: readonly string[]): string {
  const redact = (name: string, value: unknown): unknown => {
    if (typeof value !== "string" || (name === "error" && registeredErrors.has(value)))
      return value;
    return withoutSecrets(value, secrets);
  };
  return JSON.stringify(JSON.parse(json, redact));
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < minSecretLength) continue;
    clean = clean.replaceAll(secret, "[redacted]");
  }
  return clean;
}
