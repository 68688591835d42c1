import type { HeaderList, MaybePromise, ServerResponse } from "@credicorp/oauth-core";
import type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
import type {
  GrantedBy,
  Outcome,
  RejectedOutcome,
  RequestContext,
  UnavailableOutcome,
  PrincipalClaims,
} from "@credicorp/oauth-core/resource-server";
import {
  createDpopResource,
  requirePossession,
  toResponse,
  unavailable,
  verifyRequest,
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

import { checkOptions } from "./checked-options.ts";
import type { ClaimsOf } from "./claims/claims-schema.ts";
import type { StandardSchema } from "./claims/standard-schema.ts";
import { followIssuer } from "./issuer/followed-issuer.ts";
import type { TokenBindings } from "./describe-resource.ts";
import { describeResource } from "./describe-resource.ts";
import { createTokenVerification } from "./token-verification.ts";
import type { VerifierHealth } from "./issuer/verifier-health.ts";
import { summariseHealth } from "./issuer/verifier-health.ts";
import type { AnyVerifierOptions } from "./verifier-options.ts";
import type { VerifierPorts } from "./options/verifier-ports.ts";
import type { VerifierDoors } from "./verifier-doors.ts";
import { createDoors } from "./verifier-doors.ts";
import { createVerifierEvents } from "./watching/verifier-events.ts";

/** A request as far as verification looks at it; a standard `Request` fits. */
export interface VerifiableRequest {
  readonly method: string;

  /** An absolute URL, or path and query. */
  readonly url: string;

  /** Fields as received. An object of Node's `request.headers` does not do: it hides repeated fields. */
  readonly headers: Iterable<readonly [name: string, value: string]>;

  /** Reads the DER bytes of the certificate that the client connected with; asked only for tokens bound to one. */
  readonly clientCertificate?: (() => Uint8Array | undefined) | undefined;

  /**
   * An object that stands for this request and no other, such as the framework's own. Where several guards look at one
   * request, its DPoP proof is used up by the first and good for the others.
   *
   * @defaultValue absent: a proof is good for one call
   */
  readonly identity?: object | undefined;
}

/** What a route asks of the token beside being good. */
export interface RequestRequirement<List extends readonly string[] = readonly string[]> {
  /** Every one of these scope tokens must have been granted. @defaultValue none */
  readonly scope?: List | undefined;
}

/** Verifies the access tokens of the issuers that are trusted; `Scope` is all that routes may ask for. */
export interface Verifier<
  in Scope extends string = string,
  out Claims = PrincipalClaims,
> extends VerifierDoors {
  /** Verifies the token of a request; rejects with a `TypeError` for no list of headers, and what `clientCertificate` throws. */
  readonly verifyRequest: <const List extends readonly Scope[] = readonly []>(
    request: VerifiableRequest,
    requirement?: RequestRequirement<List>,
  ) => Promise<Outcome<GrantedBy<List>, Claims>>;

  /**
   * The same, at once where nothing has to wait: for adapters that can do without a promise. Of new tokens that
   * come in one go, all but the first two wait for the thread pool where a check is slow, as with ES384 and ES512.
   *
   * @throws TypeError for headers that are no list
   */
  readonly beginRequest: <const List extends readonly Scope[] = readonly []>(
    request: VerifiableRequest,
    requirement?: RequestRequirement<List>,
  ) => MaybePromise<Outcome<GrantedBy<List>, Claims>>;

  /**
   * Verifies a token that arrived in some other way; never rejects. One that is bound to a key is refused: there is no
   * proof to look at.
   */
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
  readonly bindings: TokenBindings;

  /** Describes the resource as its metadata document does; `undefined` without the option `resource`. */
  readonly resourceMetadata: () => ResourceMetadata | undefined;

  /**
   * Loads the keys of all issuers and what has been revoked, and finds where to introspect, so that the first request
   * need not wait.
   *
   * @throws an `OAuthError` when the keys or the endpoint of one cannot be had; a feed of revocations that fails is seen in `health()` alone
   */
  readonly ready: () => Promise<void>;

  /** Tells the condition of the issuers' keys, of the revocations and of introspection; asks nobody. */
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
 * With `issuers` it verifies the tokens of several: the `iss` of a token, compared character by character, says whose
 * rules and keys it is judged by. A token of any other issuer is refused, and nobody is asked about it.
 *
 * @throws {@link ConfigurationError} when an option is missing or wrong
 */
export function createVerifier<
  const Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
>(options: AnyVerifierOptions<Scope, Schema>): Verifier<Scope, ClaimsOf<Schema>> {
  // Which scope a guard has seen to, and what a schema makes of claims, only the compiler knows.
  return createUntypedVerifier(options) as unknown as Verifier<Scope, ClaimsOf<Schema>>;
}

interface UntypedVerifier extends Omit<Verifier, "verifyRequest" | "beginRequest"> {
  readonly verifyRequest: (...request: RequestArguments) => Promise<Outcome>;
  readonly beginRequest: (...request: RequestArguments) => MaybePromise<Outcome>;
}

type RequestArguments = [request: VerifiableRequest, requirement?: RequestRequirement];

function createUntypedVerifier(options: AnyVerifierOptions): UntypedVerifier {
  const { limits, timeoutMs, maxCacheBytes, requireBoundTokens, realm, ...checked } =
    checkOptions(options);
  const ports: VerifierPorts = { ...platform, transport: createFetchTransport(), ...options.ports };
  const events = createVerifierEvents();
  const { initialKeys } = options;
  const { sharing } = checked;
  const issuers = checked.issuers.map((issuer) =>
    followIssuer({ ...issuer, timeoutMs, initialKeys, events, sharing }, ports),
  );
  const { tokens, verify, verifyAtOnce, isKnownToken } = createTokenVerification(issuers, {
    ports,
    limits,
    maxCacheBytes,
    checkExtensions: checked.checkExtensions,
  });
  const dpop =
    checked.dpop &&
    createDpopResource(checked.dpop, { ...ports, random: { ...random, ...ports.random } });
  const context: RequestContext = {
    verifyToken: verify,
    isKnownToken,
    possession: { requireBoundTokens, bytes: ports.bytes, digest: ports.digest, dpop },
  };
  const dpopAlgorithms = dpop?.policy.algorithms;
  const described = describeResource({ ...checked, requireBoundTokens }, dpopAlgorithms);
  const { metadataUrl: resourceMetadata } = described;
  const beginRequest: UntypedVerifier["beginRequest"] = (request, { scope } = {}) => {
    const { method, url, headers, clientCertificate, identity } = request;
    const list = Array.isArray(headers) ? (headers as HeaderList) : [...headers];
    const received = { method, url, headers: list, clientCertificate, identity };
    return verifyRequest(received, scope, context);
  };
  const concludeText = (settled: Outcome): MaybePromise<Outcome> =>
    requirePossession(settled, undefined, context.possession);
  const verifyText = (
    token: unknown,
    verifyWith: RequestContext["verifyToken"],
  ): MaybePromise<Outcome> => {
    const outcome = verifyWith(typeof token === "string" ? token : "", undefined);
    return outcome instanceof Promise ? outcome.then(concludeText) : concludeText(outcome);
  };

  return {
    verifyRequest: async (request, requirement) => beginRequest(request, requirement),
    beginRequest,
    verifyToken: async (token: unknown) => verifyText(token, verify),
    verifySync: (token: unknown) => {
      const outcome = verifyText(token, verifyAtOnce);
      if (!(outcome instanceof Promise)) return outcome;
      // Whoever waits for it is told; here nobody does.
      outcome.catch(() => undefined);
      return mustWait;
    },
    toResponse: (outcome) => toResponse(outcome, { realm, dpopAlgorithms, resourceMetadata }),
    scopes: described.scopes,
    bindings: described.bindings,
    resourceMetadata: () => described.metadata,
    ready: async () => {
      await Promise.all(issuers.map(async ({ load }) => load()));
    },
    health: () =>
      summariseHealth(issuers.map(({ trusted, health }) => [trusted.policy.issuer, health()])),
    close: () => {
      for (const issuer of issuers) issuer.close();
    },
    ...createDoors(issuers, { ...context, tokens, events }),
  };
}

const platform = { clock: systemClock, random, bytes, digest, signatureEngine, sleep };

const mustWait = unavailable(1, {
  code: "must_wait",
  message: "The verification has to wait for something, and may not",
  reference: "RFC 9068 section 4",
});
