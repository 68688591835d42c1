import type { HeaderList, MaybePromise, ServerResponse } from "@credicorp/oauth-core";
import { createRememberedHeaders } from "@credicorp/oauth-core/jwt";
import type { KeySetHealth } from "@credicorp/oauth-core/key-set";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import type {
  IntrospectionHealth,
  Outcome,
  RejectedOutcome,
  RequestContext,
  TokenContext,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
import {
  createSharedChecks,
  createVerifiedTokens,
  requirePossession,
  toResponse,
  trustOnly,
  unavailable,
  verifyRequest,
  verifyToken,
} from "@credicorp/oauth-core/resource-server";
import {
  bytes,
  createFetchTransport,
  digest,
  random,
  signatureEngine,
  sleep,
  systemClock,
} from "@credicorp/oauth-runtime";

import type { RevocationHealth } from "./followed-revocations.ts";
import { followRevocations } from "./followed-revocations.ts";
import { createIntrospection } from "./introspection/introspection.ts";
import { toIssuerError } from "./issuer-error.ts";
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
export interface RequestRequirement {
  /** Every one of these scope tokens must have been granted. @defaultValue none */
  readonly scope?: readonly string[] | undefined;
}

/** The condition of a verifier. */
export interface VerifierHealth extends KeySetHealth {
  /** Absent without the option `revocations`. */
  readonly revocations?: RevocationHealth | undefined;

  /** Absent without the option `introspection`. */
  readonly introspection?: IntrospectionHealth | undefined;
}

/** Verifies the access tokens of one issuer. */
export interface Verifier {
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

  /**
   * Verifies a token that arrived in some other way; never rejects. One that is bound to a key is refused: there is no
   * proof to look at.
   */
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
   * Loads the issuer's keys and what has been revoked, and finds where to introspect, so that the first request need not
   * wait. Keys that no token is verified by are not loaded.
   *
   * @throws an `OAuthError` when the keys or the endpoint cannot be had; a feed of revocations that fails is seen in `health()` alone
   */
  readonly ready: () => Promise<void>;

  /** Tells the condition of the issuer's keys, of the revocations and of introspection; asks nobody. */
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
    digest,
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
  const tokens: TokenContext = {
    findIssuer: trustOnly({
      policy,
      lookUpKey: keys.lookUpKey,
      checkRevocation: revocations?.check,
    }),
    bytes: ports.bytes,
    clock: ports.clock,
    signatureEngine: ports.signatureEngine,
    limits: policy.limits,
    verifiedTokens:
      maxCacheBytes > 0 ? createVerifiedTokens({ maxBytes: maxCacheBytes }) : undefined,
    sharedChecks: createSharedChecks(),
    rememberedHeaders: createRememberedHeaders(),
  };
  const { lookUpKey } = keys;
  const introspection =
    checked.introspection &&
    createIntrospection(
      {
        introspection: checked.introspection,
        timeoutMs,
        policy,
        lookUpKey,
        checkRevocation: revocations?.check,
      },
      ports,
    );
  const verify = (token: string): MaybePromise<Outcome> => verifyToken(token, tokens);
  const context: RequestContext = {
    verifyToken: introspection?.complete(verify) ?? verify,
    possession: { requireBoundTokens: false, bytes: ports.bytes, digest: ports.digest },
  };
  const beginRequest: Verifier["beginRequest"] = (request, { scope } = {}) => {
    const { method, url, headers, clientCertificate } = request;
    const list = Array.isArray(headers) ? (headers as HeaderList) : [...headers];
    return verifyRequest({ method, url, headers: list, clientCertificate }, scope, context);
  };
  const verifyText = (token: unknown): MaybePromise<Outcome> => {
    const outcome = context.verifyToken(typeof token === "string" ? token : "", undefined);
    const conclude = (settled: Outcome): MaybePromise<Outcome> =>
      requirePossession(settled, undefined, context.possession);
    return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
  };

  return {
    verifyRequest: async (request, requirement) => beginRequest(request, requirement),
    beginRequest,
    verifyToken: async (token: unknown) => verifyText(token),
    verifySync: (token: unknown) => {
      const outcome = verifyText(token);
      if (!(outcome instanceof Promise)) return outcome;
      // Whoever waits for it is told; here nobody does.
      outcome.catch(() => undefined);
      return mustWait;
    },
    toResponse: (outcome) => toResponse(outcome, { realm }),
    ready: async () => {
      const [health] = await Promise.all([
        introspection?.needsKeys === false ? keys.health() : keys.load(),
        revocations?.load(),
        introspection?.load(),
      ]);
      const { phase, lastFailure } = health;
      const isMissing = phase === "empty" || phase === "dead";
      if (isMissing && introspection?.needsKeys !== false) {
        throw toIssuerError("The issuer's keys", lastFailure);
      }
    },
    health: () => ({
      ...keys.health(),
      revocations: revocations?.health(),
      introspection: introspection?.health(),
    }),
    close: () => {
      keys.close();
      revocations?.close();
      introspection?.close();
    },
  };
}

const mustWait = unavailable(1, {
  code: "must_wait",
  message: "The verification has to wait for something, and may not",
  reference: "RFC 9068 section 4",
});
