import type { HeaderList, MaybePromise, ServerResponse } from "@credicorp/oauth-core";
import { AbortedError, NetworkError, ProtocolError, TimeoutError } from "@credicorp/oauth-core";
import { createRememberedHeaders } from "@credicorp/oauth-core/jwt";
import type { KeySetHealth } from "@credicorp/oauth-core/key-set";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type {
  BearerTokenContext,
  Outcome,
  PolicyTrialResult,
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

import type { RevocationHealth } from "./followed-revocations.ts";
import { followRevocations } from "./followed-revocations.ts";
import { createKeySource } from "./key-source.ts";
import type { VerifierOptions, VerifierPorts } from "./verifier-options.ts";
import { checkOptions } from "./verifier-options.ts";
import type { VerifierDoors } from "./watching/verifier-doors.ts";
import { createDoors } from "./watching/verifier-doors.ts";
import { startWatching } from "./watching/issuer-watch.ts";

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
export interface RequestRequirement {
  /** Every one of these scope tokens must have been granted. @defaultValue none */
  readonly scope?: readonly string[] | undefined;
}

/** The condition of a verifier. */
export interface VerifierHealth extends KeySetHealth {
  /** Absent without the option `revocations`. */
  readonly revocations?: RevocationHealth | undefined;

  /** What the candidate policy has found so far; absent without the option `reportOnly`. */
  readonly reportOnly?: PolicyTrialResult | undefined;
}

/** Verifies the access tokens of one issuer. */
export interface Verifier extends VerifierDoors {
  /** Verifies the token of a request; rejects only with a `TypeError`, for headers that are no list. */
  readonly verifyRequest: (
    request: VerifiableRequest,
    requirement?: RequestRequirement,
  ) => Promise<Outcome>;

  /**
   * The same, at once where nothing has to wait: for adapters that can do without a promise.
   *
   * @throws TypeError for headers that are no list
   */
  readonly beginRequest: (
    request: VerifiableRequest,
    requirement?: RequestRequirement,
  ) => MaybePromise<Outcome>;

  /** Verifies a token that arrived in some other way; never rejects. */
  readonly verifyToken: (token: string) => Promise<Outcome>;

  /**
   * Verifies a token at once. What would have to wait, as for keys that are not there yet, is `unavailable` with the
   * code `must_wait`, and is seen to in the background: `verifyToken` waits for it. Always so with an engine that is not
   * synchronous, such as those of browsers and edge runtimes.
   */
  readonly verifySync: (token: string) => Outcome;

  /** Makes the answer to a request that may not go on: 400, 401, 403 or 503. */
  readonly toResponse: (outcome: RejectedOutcome | UnavailableOutcome) => ServerResponse;

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
export function createVerifier(options: VerifierOptions): Verifier {
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
  const watch = startWatching(options, { policy, ports });
  const source = createKeySource({ issuer: policy.issuer, jwksUri, timeoutMs }, watch.ports);
  const keySet = {
    ...defaultKeySetOptions,
    ...(maxStaleSeconds !== undefined && { maxStaleSeconds }),
  };
  const { algorithms } = policy;
  const { initialKeys, report } = watch;
  const keys = createRemoteKeySet(source, { keySet, algorithms, ports, initialKeys, report });
  const revocations =
    checked.revocations && followRevocations({ ...checked.revocations, timeoutMs }, ports, report);
  const context: BearerTokenContext = {
    policy,
    lookUpKey: keys.lookUpKey,
    bytes: ports.bytes,
    clock: ports.clock,
    signatureEngine: ports.signatureEngine,
    checkRevocation: revocations?.check,
    verifiedTokens:
      maxCacheBytes > 0 ? createVerifiedTokens({ maxBytes: maxCacheBytes }) : undefined,
    sharedChecks: createSharedChecks(),
    rememberedHeaders: createRememberedHeaders(),
    observe: watch.observe,
  };
  const beginRequest: Verifier["beginRequest"] = ({ method, url, headers }, { scope } = {}) => {
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
    toResponse: (outcome) => toResponse(outcome, { realm }),
    ready: async () => {
      const [health] = await Promise.all([keys.load(), revocations?.load()]);
      if (health.phase === "empty" || health.phase === "dead") throw toError(health.lastFailure);
    },
    health: () => ({
      ...keys.health(),
      revocations: revocations?.health(),
      reportOnly: watch.trial(),
    }),
    close: () => {
      keys.close();
      revocations?.close();
    },
    ...createDoors(watch, { keys, context }),
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
