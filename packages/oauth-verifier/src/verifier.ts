import type { HeaderList, ServerResponse } from "@credicorp/oauth-core";
import { AbortedError, NetworkError, ProtocolError, TimeoutError } from "@credicorp/oauth-core";
import type { KeySetHealth } from "@credicorp/oauth-core/key-set";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type {
  Outcome,
  RejectedOutcome,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
import {
  readBearerToken,
  toResponse,
  verifyBearerToken,
} from "@credicorp/oauth-core/resource-server";
import {
  bytes,
  createFetchTransport,
  random,
  signatureEngine,
  systemClock,
} from "@credicorp/oauth-runtime";

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
}

/** Verifies the access tokens of one issuer. */
export interface Verifier {
  /** Verifies the bearer token of a request; rejects only with a `TypeError`, for headers that are no list. */
  readonly verifyRequest: (request: VerifiableRequest) => Promise<Outcome>;

  /** Verifies a token that arrived in some other way; never rejects. */
  readonly verifyToken: (token: string) => Promise<Outcome>;

  /** Makes the answer to a request that may not go on: 400, 401, 403 or 503. */
  readonly toResponse: (outcome: RejectedOutcome | UnavailableOutcome) => ServerResponse;

  /** Loads the issuer's keys, so that the first request need not wait. @throws an `OAuthError` when they cannot be had */
  readonly ready: () => Promise<void>;

  /** Tells the condition of the issuer's keys; asks nobody. */
  readonly health: () => KeySetHealth;

  /** Ends a fetch in flight and starts no other; keys at hand are served to the end of their life. */
  readonly close: () => void;
}

/**
 * Creates a verifier. Nothing is fetched until the first token, or {@link Verifier.ready}.
 *
 * @throws {@link ConfigurationError} when an option is missing or wrong
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { policy, jwksUri, timeoutMs, maxStaleSeconds, realm } = checkOptions(options);
  const ports: VerifierPorts = {
    transport: createFetchTransport(),
    clock: systemClock,
    random,
    bytes,
    signatureEngine,
    ...options.ports,
  };
  const source = createKeySource({ issuer: policy.issuer, jwksUri, timeoutMs }, ports);
  const keySet = {
    ...defaultKeySetOptions,
    ...(maxStaleSeconds !== undefined && { maxStaleSeconds }),
  };
  const keys = createRemoteKeySet(source, { keySet, algorithms: policy.algorithms, ports });
  const context = { ...ports, policy, lookUpKey: keys.lookUpKey };

  return {
    verifyRequest: async ({ method, url, headers }) => {
      const list: HeaderList = [...headers];
      const token = readBearerToken({ method, url, headers: list });
      return token.ok ? verifyBearerToken(token.value, context) : token.failure;
    },
    verifyToken: async (token: unknown) =>
      verifyBearerToken(typeof token === "string" ? token : "", context),
    toResponse: (outcome) => toResponse(outcome, { realm }),
    ready: async () => {
      const health = await keys.load();
      if (health.phase === "empty" || health.phase === "dead") throw toError(health.lastFailure);
    },
    health: keys.health,
    close: keys.close,
  };
}

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
