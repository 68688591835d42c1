import type { HeaderList, MaybePromise, ServerResponse } from "@credicorp/oauth-core";
import { AbortedError, NetworkError, ProtocolError, TimeoutError } from "@credicorp/oauth-core";
import { createRememberedHeaders } from "@credicorp/oauth-core/jwt";
import type { AccessTokenClaims } from "@credicorp/oauth-core/jwt";
import type { KeySetHealth } from "@credicorp/oauth-core/key-set";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
import { resourceMetadataUrl } from "@credicorp/oauth-core/protocol";
import type {
  BearerTokenContext,
  GrantedBy,
  Outcome,
  RejectedOutcome,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
import {
  createSharedChecks,
  createVerifiedTokens,
  readBearerToken,
  requireScope,
  toResponse,
  unavailable,
  verifyBearerToken,
} from "@credicorp/oauth-core/resource-server";
import {
  bytes,
  createFetchTransport,
  random,
  signatureEngine,
  sleep,
  systemClock,
} from "@credicorp/oauth-runtime";

import type { ClaimsOf } from "./claims/claims-schema.ts";
import type { StandardSchema } from "./claims/standard-schema.ts";
import type { RevocationHealth } from "./followed-revocations.ts";
import { followRevocations } from "./followed-revocations.ts";
import { createKeySource } from "./key-source.ts";
import type { VerifierOptions, VerifierPorts } from "./verifier-options.ts";
import { checkOptions } from "./verifier-options.ts";

/** A request as far as verification looks at it; a standard `Request` fits. */
export interface VerifiableRequest {
  readonly method: string;

  /** An absolute URL, or path and query. */
  readonly url: string;

  /** Fields as received. An object of Node's `request.headers` does not do: it hides repeated fields. */
  readonly headers: Iterable<readonly [name: string, value: string]>;

  /** Reads the DER bytes of the certificate that the client connected with; asked only for tokens bound to one. */
  readonly clientCertificate?: (() => Uint8Array | undefined) | undefined;
}

/** What a route asks of the token beside being good. */
export interface RequestRequirement<List extends readonly string[] = readonly string[]> {
  /** Every one of these scope tokens must have been granted. @defaultValue none */
  readonly scope?: List | undefined;
}

/** The condition of a verifier. */
export interface VerifierHealth extends KeySetHealth {
  /** Absent without the option `revocations`. */
  readonly revocations?: RevocationHealth | undefined;
}

/** Verifies the access tokens of one issuer; `Scope` is all that routes may ask for. */
export interface Verifier<in Scope extends string = string, out Claims = AccessTokenClaims> {
  /** Verifies the token of a request; rejects only with a `TypeError`, for headers that are no list. */
  readonly verifyRequest: <const List extends readonly Scope[] = readonly []>(
    request: VerifiableRequest,
    requirement?: RequestRequirement<List>,
  ) => Promise<Outcome<GrantedBy<List>, Claims>>;

  /**
   * The same, at once where nothing has to wait: for adapters that can do without a promise.
   *
   * @throws TypeError for headers that are no list
   */
  readonly beginRequest: <const List extends readonly Scope[] = readonly []>(
    request: VerifiableRequest,
    requirement?: RequestRequirement<List>,
  ) => MaybePromise<Outcome<GrantedBy<List>, Claims>>;

  /** Verifies a token that arrived in some other way; never rejects. */
  readonly verifyToken: (token: string) => Promise<Outcome<never, Claims>>;

  /**
   * Verifies a token at once. What would have to wait, as for keys that are not there yet, is `unavailable` with the
   * code `must_wait`, and is seen to in the background: `verifyToken` waits for it. Always so with an engine that is not
   * synchronous, such as those of browsers and edge runtimes.
   */
  readonly verifySync: (token: string) => Outcome<never, Claims>;

  /** Makes the answer to a request that may not go on: 400, 401, 403 or 503. */
  readonly toResponse: (outcome: RejectedOutcome | UnavailableOutcome) => ServerResponse;

  /** All scopes that routes may ask for; `undefined` when any will do. */
  readonly scopes: readonly string[] | undefined;

  /** Describes the resource as its metadata document does; `undefined` without the option `resource`. */
  readonly resourceMetadata: () => ResourceMetadata | undefined;

  /**
   * Loads the issuer's keys and what has been revoked, so that the first request need not wait.
   *
   * @throws an `OAuthError` when the keys cannot be had; a feed of revocations that fails is seen in `health()` alone
   */
  readonly ready: () => Promise<void>;

  /** Tells the condition of the issuer's keys and of the revocations; asks nobody. */
  readonly health: () => VerifierHealth;

  /**
   * Ends a fetch in flight and starts no other; keys at hand are served to the end of their life, and what is known to
   * be revoked is refused.
   */
  readonly close: () => void;
}

/**
 * Creates a verifier. Nothing is fetched until the first token, or {@link Verifier.ready}.
 *
 * @throws {@link ConfigurationError} when an option is missing or wrong
 */
export function createVerifier<
  const Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
>(options: VerifierOptions<Scope, Schema>): Verifier<Scope, ClaimsOf<Schema>> {
  // Which scope a guard has seen to, and what a schema makes of claims, only the compiler knows.
  return createUntypedVerifier(options) as unknown as Verifier<Scope, ClaimsOf<Schema>>;
}

interface UntypedVerifier extends Omit<Verifier, "verifyRequest" | "beginRequest"> {
  readonly verifyRequest: (...request: RequestArguments) => Promise<Outcome>;
  readonly beginRequest: (...request: RequestArguments) => MaybePromise<Outcome>;
}

type RequestArguments = [request: VerifiableRequest, requirement?: RequestRequirement];

function createUntypedVerifier(
  options: VerifierOptions<string, StandardSchema | undefined>,
): UntypedVerifier {
  const { policy, jwksUri, timeoutMs, maxStaleSeconds, maxCacheBytes, realm, ...checked } =
    checkOptions(options);
  const ports: VerifierPorts = {
    transport: createFetchTransport(),
    clock: systemClock,
    random,
    bytes,
    signatureEngine,
    sleep,
    ...options.ports,
  };
  const source = createKeySource({ issuer: policy.issuer, jwksUri, timeoutMs }, ports);
  const keySet = {
    ...defaultKeySetOptions,
    ...(maxStaleSeconds !== undefined && { maxStaleSeconds }),
  };
  const keys = createRemoteKeySet(source, { keySet, algorithms: policy.algorithms, ports });
  const revocations =
    checked.revocations && followRevocations({ ...checked.revocations, timeoutMs }, ports);
  const context: BearerTokenContext = {
    policy,
    lookUpKey: keys.lookUpKey,
    bytes: ports.bytes,
    clock: ports.clock,
    signatureEngine: ports.signatureEngine,
    checkRevocation: revocations?.check,
    checkExtensions: checked.checkExtensions,
    verifiedTokens:
      maxCacheBytes > 0 ? createVerifiedTokens({ maxBytes: maxCacheBytes }) : undefined,
    sharedChecks: createSharedChecks(),
    rememberedHeaders: createRememberedHeaders(),
  };
  const { scopes, resourceMetadata } = checked;
  const responseOptions = {
    realm,
    resourceMetadata: resourceMetadata && resourceMetadataUrl(resourceMetadata.resource),
  };
  const beginRequest: UntypedVerifier["beginRequest"] = (
    { method, url, headers },
    { scope } = {},
  ) => {
    const list = Array.isArray(headers) ? (headers as HeaderList) : [...headers];
    const token = readBearerToken({ method, url, headers: list });
    const outcome = token.ok ? verifyBearerToken(token.value, context) : token.failure;
    if (scope === undefined) return outcome;
    return outcome instanceof Promise
      ? outcome.then((settled) => requireScope(settled, scope))
      : requireScope(outcome, scope);
  };

  return {
    verifyRequest: async (request, requirement) => beginRequest(request, requirement),
    beginRequest,
    verifyToken: async (token: unknown) => verifyText(token, context),
    verifySync: (token: unknown) => {
      const outcome = verifyText(token, context);
      if (!(outcome instanceof Promise)) return outcome;
      // Whoever waits for it is told; here nobody does.
      outcome.catch(() => undefined);
      return mustWait;
    },
    toResponse: (outcome) => toResponse(outcome, responseOptions),
    scopes,
    resourceMetadata: () => resourceMetadata,
    ready: async () => {
      const [health] = await Promise.all([keys.load(), revocations?.load()]);
      if (health.phase === "empty" || health.phase === "dead") throw toError(health.lastFailure);
    },
    health: () => ({ ...keys.health(), revocations: revocations?.health() }),
    close: () => {
      keys.close();
      revocations?.close();
    },
  };
}

function verifyText(token: unknown, context: BearerTokenContext): MaybePromise<Outcome> {
  return verifyBearerToken(typeof token === "string" ? token : "", context);
}

const mustWait = unavailable(1, {
  code: "must_wait",
  message: "The verification has to wait for something, and may not",
  reference: "RFC 9068 section 4",
});

function toError(code = "aborted"): NetworkError | TimeoutError | AbortedError | ProtocolError {
  const message = `The issuer's keys cannot be had: ${code}`;
  switch (code) {
    case "network":
      return new NetworkError(message);
    case "timeout":
      return new TimeoutError(message);
    case "aborted":
      return new AbortedError(message);
    default:
      return new ProtocolError(code, message, { reference: "RFC 9068 section 4" });
  }
}
