import { ConfigurationError } from "@credicorp/oauth-core/errors";
// The files themselves: all of the wire would triple what it costs to import the client.
import { canonicalScope, isScopeToken } from "@credicorp/oauth-core/protocol/scope";
import {
  isIssuerUrl,
  isSecureUrl,
  parseAbsoluteUrl,
} from "@credicorp/oauth-core/protocol/secure-url";
import type { ServerMetadata } from "@credicorp/oauth-core/protocol/server-metadata";
import {
  formatServerMetadata,
  parseServerMetadata,
} from "@credicorp/oauth-core/protocol/server-metadata";

import { refuseUnknownOptions } from "./known-options.ts";
import { refuseOption } from "./refuse-option.ts";
import type { OAuthClientOptions, SecretSource, WaitUntil } from "./client-options.ts";

/** Options after they were checked, with all defaults. */
export interface ClientSettings {
  /** Of the API. */
  readonly origin: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly allowedOrigins: ReadonlySet<string>;
  readonly requestTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly metadata: ServerMetadata | undefined;
  readonly waitUntil: WaitUntil | undefined;
}

const plainHttpHint = "Plain http is accepted for this machine only (localhost, 127.0.0.1, [::1]).";
const controls = /[\x00-\x1f\x7f]/;

/**
 * Checks options.
 *
 * @throws {@link ConfigurationError} for the first that is missing or wrong; nothing was sent.
 */
export function readSettings(options: OAuthClientOptions): ClientSettings {
  refuseUnknownOptions(options);
  const { clientId, metadata } = options;
  const origin = readOrigin("baseUrl", options.baseUrl);
  const issuer = options.issuer === undefined ? origin : readIssuer(options.issuer);
  checkText("clientId", clientId);
  checkCredential(options);
  checkConnection(options, [origin, issuer]);
  checkChoice("tokenEndpointAuthMethod", options.tokenEndpointAuthMethod, [
    "client_secret_basic",
    "client_secret_post",
  ]);
  checkChoice("basicEncoding", options.basicEncoding, ["form", "raw"]);
  checkChoice("unchallenged401", options.unchallenged401, ["return", "retry"]);
  checkChoice("sharing", options.sharing, ["promise", "value"]);
  const known = metadata && parseServerMetadata(formatServerMetadata(metadata), issuer);
  if (known?.ok === false) {
    const { message, reference } = known.failure;
    throw new ConfigurationError("metadata", message, { reference });
  }
  return {
    origin,
    issuer,
    clientId,
    scope: readScope(options.scope ?? []),
    resources: readResources(options.resource ?? []),
    allowedOrigins: new Set([
      origin,
      ...(options.allowedOrigins ?? []).map((text) => readOrigin("allowedOrigins", text)),
    ]),
    requestTimeoutMs: readMilliseconds("requestTimeoutMs", options.requestTimeoutMs ?? 10_000),
    maxWaitMs: readMilliseconds("maxWaitMs", options.maxWaitMs ?? 30_000),
    metadata: known?.value,
    waitUntil: options.waitUntil,
  };
}

/** Returns the secrets that an option stands for, the newer first. */
export function listSecrets(
  clientSecret: SecretSource | readonly [SecretSource, SecretSource],
): readonly [SecretSource, SecretSource?] {
  return typeof clientSecret === "string" || typeof clientSecret === "function"
    ? [clientSecret]
    : clientSecret;
}

/**
 * Checks a scope and brings it in a form that is equal for equal sets.
 *
 * @throws {@link ConfigurationError} when it is no list of scope tokens.
 */
export function readScope(scope: readonly string[]): readonly string[] {
  if (!Array.isArray(scope) || !scope.every((token) => isScopeToken(token))) {
    refuseOption("scope", "is not a list of scope tokens", {
      reference: "RFC 6749 section 3.3",
      hint: 'Write ["applications:write", "decisions:read"], one token per item and no spaces in it.',
    });
  }
  return Object.freeze(canonicalScope(scope));
}

/**
 * Checks resource indicators and brings them in a form that is equal for equal sets.
 *
 * @throws {@link ConfigurationError} when they are no list of absolute URIs without fragment.
 */
export function readResources(resources: readonly string[]): readonly string[] {
  if (!Array.isArray(resources) || !resources.every((text) => isResource(text))) {
    refuseOption("resource", "is not a list of absolute URIs", {
      reference: "RFC 8707 section 2",
      hint: 'Write ["https://hub.credicorp.co.uk/partner/v1"], one URI per item and no fragment.',
    });
  }
  return Object.freeze(canonicalScope(resources));
}

function isResource(text: unknown): boolean {
  return typeof text === "string" && !/[\s#]/.test(text) && parseAbsoluteUrl(text) !== undefined;
}

/**
 * Checks text that travels as a credential.
 *
 * @throws {@link ConfigurationError} when it is empty or cannot be one.
 */
export function checkText(option: string, text: unknown): void {
  checkPresent(option, text);
  if (typeof text !== "string") {
    refuseOption(option, "is not a text");
  }
  if (controls.test(text)) {
    refuseOption(option, "contains a control character", {
      reference: "RFC 6749 appendix A",
      hint: "A line break at the end is often left over from reading a file.",
    });
  }
}

/** Exactly one way to prove oneself: of two, nobody could tell which one was meant. */
function checkCredential({ clientSecret, authentication }: OAuthClientOptions): void {
  if (clientSecret !== undefined && authentication !== undefined) {
    throw new ConfigurationError(
      "authentication",
      "There are two credentials: clientSecret and authentication",
      { hint: "Keep the one that the client is registered for." },
    );
  }
  if (authentication !== undefined) return;
  const secrets = Array.isArray(clientSecret) ? clientSecret : [clientSecret];
  if (secrets.length < 1 || secrets.length > 2) {
    refuseOption("clientSecret", "is not one or two secrets");
  }
  for (const secret of secrets) {
    if (typeof secret !== "function") checkText("clientSecret", secret);
  }
}

/** A certificate is shown by connections of its own, and by TLS. */
function checkConnection(
  { authentication, fetch, transport }: OAuthClientOptions,
  urls: readonly string[],
): void {
  if (authentication?.connection === undefined) return;
  const other = fetch === undefined ? transport && "transport" : "fetch";
  if (other !== undefined) {
    refuseOption(other, "would send requests without the certificate", {
      hint: "Leave it out, or show the certificate there and use another authentication.",
    });
  }
  if (urls.every((url) => url.startsWith("https:"))) return;
  throw new ConfigurationError("baseUrl", "Mutual TLS needs an https URL", {
    reference: "RFC 8705 section 2",
  });
}

function checkPresent(option: string, value: unknown): void {
  if (value !== undefined && value !== null && value !== "") return;
  refuseOption(option, "is missing");
}

/** A misspelt choice must not quietly become the default: it may decide how a secret is sent. */
function checkChoice(option: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.some((choice) => choice === value)) return;
  const list = choices.join(" or ");
  refuseOption(option, `is not ${list}`);
}

function readOrigin(option: string, text: string): string {
  checkPresent(option, text);
  if (typeof text !== "string" || !isSecureUrl(text)) {
    refuseOption(option, "is not an https URL", {
      reference: "RFC 6749 section 3.2",
      hint: plainHttpHint,
    });
  }
  const { origin, pathname, search } = new URL(text);
  if (pathname !== "/" || search !== "") {
    refuseOption(option, "has more than an origin", {
      hint: `Use ${origin}; paths such as /partner/v1/… belong to the calls.`,
    });
  }
  return origin;
}

function readIssuer(text: string): string {
  if (typeof text === "string" && isIssuerUrl(text)) return text;
  refuseOption("issuer", "is not an https URL without a query", {
    reference: "RFC 8414 section 2",
    hint: plainHttpHint,
  });
}

/** @throws {@link ConfigurationError} when it is no positive number of milliseconds. */
export function readMilliseconds(option: string, value: number): number {
  if (typeof value !== "number" || !(value > 0)) {
    refuseOption(option, "is not a positive number");
  }
  return value;
}
