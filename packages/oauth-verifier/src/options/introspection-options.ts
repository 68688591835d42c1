import type { MaybePromise } from "@credicorp/oauth-core";
import { isScopeToken, isSecureUrl } from "@credicorp/oauth-core/protocol";
import type { IntrospectionCredentials } from "@credicorp/oauth-core/resource-server";

import { checkNumber, invalidOption } from "./check-option.ts";

/** What a proof of this resource server is made for. */
export interface IntrospectionCall {
  /** The introspection endpoint. */
  readonly url: string;

  /** The authorization server: the audience of a client assertion. */
  readonly issuer: string;
  readonly clientId: string;
}

/** How and when an issuer is asked about tokens (RFC 7662). */
export interface IntrospectionOptions {
  /** This resource server, as a client of the issuer. */
  readonly clientId: string;

  /** Sent by HTTP Basic; a function is asked for each request, so that a rotated secret is taken up. */
  readonly clientSecret?: string | (() => MaybePromise<string>) | undefined;

  /** Proves this resource server in another way, as with a signed assertion; asked for each request. */
  readonly authenticate?:
    | ((call: IntrospectionCall) => MaybePromise<IntrospectionCredentials>)
    | undefined;

  /** Where to ask. @defaultValue what the issuer's metadata says */
  readonly endpoint?: string | undefined;

  /**
   * Tokens are verified by keys as always, and those that are to be used for one of these scopes are asked about besides,
   * at each request.
   *
   * @defaultValue every token is asked about
   */
  readonly scopes?: readonly string[] | undefined;

  /**
   * `any`: the issuer's word is all that counts, whatever the token looks like. `jwt`: it must be a JWT that is good by
   * the issuer's keys before anybody is asked, so that garbage costs no question.
   *
   * @defaultValue `any`; with `scopes` always `jwt`
   */
  readonly tokenFormat?: "any" | "jwt" | undefined;

  /** How long an answer lets a token in: 0 to 30 seconds. @defaultValue 30; with `scopes` always 0 */
  readonly maxAgeSeconds?: number | undefined;

  /** How long an answer keeps a token out: 0 to 30 seconds. @defaultValue 5 */
  readonly maxNegativeAgeSeconds?: number | undefined;

  /** Asks for signed answers, and believes no others (RFC 9701). @defaultValue false */
  readonly signedResponses?: boolean | undefined;

  /** Milliseconds that one question may take: up to 60,000. @defaultValue the verifier's `timeoutMs` */
  readonly timeoutMs?: number | undefined;

  /** About how many bytes of answers are kept; 0 or `null`: none. Up to 1 GiB. @defaultValue 16 MiB */
  readonly maxCacheBytes?: number | null | undefined;
}

/** Options that have been checked. */
export interface CheckedIntrospectionOptions {
  readonly clientId: string;
  readonly clientSecret: IntrospectionOptions["clientSecret"];
  readonly authenticate: IntrospectionOptions["authenticate"];
  readonly endpoint: string | undefined;

  /** `undefined`: every token is asked about. */
  readonly scopes: readonly string[] | undefined;
  readonly tokenFormat: "any" | "jwt";
  readonly maxAgeMs: number;
  readonly maxRefusalAgeMs: number;
  readonly isSigned: boolean;

  /** `undefined`: as for the verifier's other requests. */
  readonly timeoutMs: number | undefined;
  readonly maxCacheBytes: number;
}

/** An answer is believed no longer than this: it is how long a revoked token may go on. */
const maxAgeLimitSeconds = 30;

/** Checks options at run time too. @throws {@link ConfigurationError} for the first that is wrong */
export function checkIntrospectionOptions(
  options: IntrospectionOptions | undefined,
  at = "",
): CheckedIntrospectionOptions | undefined {
  if (options === undefined) return undefined;
  const name = `${at}introspection`;
  const given: unknown = options;
  if (typeof given !== "object" || given === null) throw invalidOption(name, "must be an object");
  const { clientId, endpoint, scopes, maxCacheBytes } = options;
  if (!isText(clientId)) throw invalidOption(`${name}.clientId`, "must be a text");
  if (endpoint !== undefined && !(isText(endpoint) && isSecureUrl(endpoint))) {
    throw invalidOption(`${name}.endpoint`, "must be an https URL (http on loopback)");
  }
  const { signedResponses: isSigned = false }: { signedResponses?: unknown } = options;
  if (typeof isSigned !== "boolean") {
    throw invalidOption(`${name}.signedResponses`, "must be a boolean");
  }
  checkScopes(scopes, name);
  const number = (
    member: "maxNegativeAgeSeconds" | "timeoutMs" | "maxCacheBytes",
    range: readonly [number, number],
  ): number | undefined => checkNumber(options[member], `${name}.${member}`, range);
  return {
    clientId,
    ...checkProof(options, name),
    endpoint,
    scopes: scopes && [...scopes],
    tokenFormat: checkTokenFormat(options, name),
    maxAgeMs: checkMaxAge(options, name) * 1000,
    maxRefusalAgeMs: (number("maxNegativeAgeSeconds", [0, maxAgeLimitSeconds]) ?? 5) * 1000,
    isSigned,
    timeoutMs: number("timeoutMs", [1, 60_000]),
    maxCacheBytes: maxCacheBytes === null ? 0 : (number("maxCacheBytes", [0, 2 ** 30]) ?? 2 ** 24),
  };
}

function checkProof(
  options: IntrospectionOptions,
  name: string,
): Pick<CheckedIntrospectionOptions, "clientSecret" | "authenticate"> {
  const { clientSecret, authenticate } = options;
  if ((clientSecret === undefined) === (authenticate === undefined)) {
    throw invalidOption(name, "must have either clientSecret or authenticate");
  }
  if (clientSecret !== undefined && !isText(clientSecret) && typeof clientSecret !== "function") {
    throw invalidOption(`${name}.clientSecret`, "must be a text or a function");
  }
  if (authenticate !== undefined && typeof authenticate !== "function") {
    throw invalidOption(`${name}.authenticate`, "must be a function");
  }
  return { clientSecret, authenticate };
}

function checkScopes(scopes: unknown, name: string): void {
  if (scopes === undefined) return;
  const isList = Array.isArray(scopes) && scopes.length > 0;
  if (!isList || !scopes.every((scope) => typeof scope === "string" && isScopeToken(scope))) {
    throw invalidOption(`${name}.scopes`, "must list one or more scope tokens");
  }
}

function checkTokenFormat(options: IntrospectionOptions, name: string): "any" | "jwt" {
  const { scopes, tokenFormat = scopes === undefined ? "any" : "jwt" } = options;
  if (tokenFormat !== "jwt" && (tokenFormat !== "any" || scopes !== undefined)) {
    throw invalidOption(`${name}.tokenFormat`, "must be any or jwt, and jwt with scopes");
  }
  return tokenFormat;
}

function checkMaxAge(options: IntrospectionOptions, name: string): number {
  // Named scopes are asked about each time.
  const max = options.scopes === undefined ? maxAgeLimitSeconds : 0;
  return checkNumber(options.maxAgeSeconds, `${name}.maxAgeSeconds`, [0, max]) ?? max;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
