import type { Clock, HttpTransport, MaybePromise, Random, Sleep } from "@credicorp/oauth-core";
import type { BasicEncoding, ServerMetadata } from "@credicorp/oauth-core/protocol";

import type { SharedTokenStore } from "@credicorp/oauth-core/token-cache";

import type { ClientAuthentication } from "./client-authentication.ts";
import type { ProofOfPossession } from "./proof-of-possession.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

/** A `fetch`, as the platform has it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The ways to prove oneself with a secret. */
export type SecretAuthenticationMethod = "client_secret_basic" | "client_secret_post";

/** A secret, or a function that is asked for it at each token request. */
export type SecretSource = string | (() => MaybePromise<string>);

/** How to reach the partner API, and as whom. */
export type OAuthClientOptions = ClientConnectionOptions & ClientCredentialOptions;

/** How the client proves itself: with a secret, or in the way that is given. */
export type ClientCredentialOptions =
  | {
      /** The secret; of two, the newer first: the older is tried only after `invalid_client`. */
      readonly clientSecret: SecretSource | readonly [newer: SecretSource, older: SecretSource];
      readonly authentication?: undefined;
    }
  | {
      /** Made by `privateKeyJwt` or `mutualTls`, each from a sub-path of this package. */
      readonly authentication: ClientAuthentication;
      readonly clientSecret?: undefined;
    };

/** How to reach the partner API. */
export interface ClientConnectionOptions {
  /**
   * The origin of the partner API, such as `https://hub.credicorp.co.uk`. It is the issuer too, unless `issuer` is given:
   * the endpoints come from its metadata. https, except on this machine.
   */
  readonly baseUrl: string;

  /**
   * The authorization server, when it is not the origin of the API: a URL that may have a path, such as that of a
   * namespace of the sandbox. https, except on this machine. @defaultValue `baseUrl`
   */
  readonly issuer?: string;
  readonly clientId: string;

  /** What to ask for; without it the server decides. */
  readonly scope?: readonly string[];

  /** The APIs that the token is for, as absolute URIs (RFC 8707); without it the server decides. */
  readonly resource?: readonly string[];

  /**
   * Chooses the scope of a request by its method and address, so that each call carries no more than it needs;
   * `undefined` leaves it at `scope`. A scope that is given with the call wins.
   */
  readonly scopeFor?: (request: ApiRequest) => readonly string[] | undefined;

  /**
   * Whether {@link OAuthClient.fetch} gives each POST an `Idempotency-Key` that has none. It stays the same when the call
   * is repeated after a 401.
   *
   * @defaultValue false
   */
  readonly idempotencyKeys?: boolean;

  /**
   * How a secret is sent.
   *
   * @defaultValue what the metadata supports, Basic before body
   */
  readonly tokenEndpointAuthMethod?: SecretAuthenticationMethod;

  /**
   * `raw` is for servers that do not decode Basic credentials as RFC 6749 asks.
   *
   * @defaultValue `form`
   */
  readonly basicEncoding?: BasicEncoding;

  /**
   * Binds tokens to a key, and proves it with every request: made by `dpop`, from the sub-path of that name. A token that
   * is not bound is refused then.
   */
  readonly dpop?: ProofOfPossession;

  /** Further origins that may see the token; the origin of `baseUrl` always may. */
  readonly allowedOrigins?: readonly string[];

  /**
   * What to believe of a 401 without a `WWW-Authenticate` challenge: `return` hands it to the caller, `retry` takes it
   * for `invalid_token`.
   *
   * @defaultValue `return`
   */
  readonly unchallenged401?: "return" | "retry";

  /**
   * Milliseconds for one request to the authorization server.
   *
   * @defaultValue 10000
   */
  readonly requestTimeoutMs?: number;

  /**
   * Milliseconds that a call waits for a token, retries included.
   *
   * @defaultValue 30000
   */
  readonly maxWaitMs?: number;

  /** Metadata that is known already; it is checked like metadata that was fetched. */
  readonly metadata?: ServerMetadata;

  /**
   * Sends the calls of {@link OAuthClient.fetch}, and everything else unless `transport` is given.
   *
   * @defaultValue undici on Node, the platform's elsewhere
   */
  readonly fetch?: Fetch;

  /** Sends the requests to the authorization server. */
  readonly transport?: HttpTransport;

  /** Shares tokens with other processes; when it is down, the client goes on without it. */
  readonly store?: SharedTokenStore;

  /**
   * At least 32 random characters, the same in every process, from which the key is derived that the entries of `store`
   * are encrypted with. Required where there is no secret, or two are live.
   *
   * @defaultValue the client secret
   */
  readonly storeKey?: string;

  /**
   * How callers share a token request. `promise`: they await it together. `value`: one makes it, and the others look for
   * its outcome by timers of their own, for runtimes where no request may await the promise of another.
   *
   * @defaultValue `value` on Cloudflare Workers, `promise` elsewhere
   */
  readonly sharing?: "promise" | "value";

  /**
   * Keeps the runtime alive until a token request that a call has begun has ended, such as `waitUntil` of
   * `cloudflare:workers`. It is called within that call; what it throws fails the call.
   */
  readonly waitUntil?: WaitUntil;

  /** Where measurements go: a meter and a tracer as OpenTelemetry has them. */
  readonly telemetry?: TelemetryOptions;

  /** Time and chance, for tests. */
  readonly ports?: Partial<ClientPorts>;
}

/** Takes work that the runtime is to see through, though the answer may be sent before. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** What the client takes from its runtime, HTTP aside. */
export interface ClientPorts {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
}

/** A request to the API, before it is sent. */
export interface ApiRequest {
  /** As given: `GET` when it was left out. */
  readonly method: string;

  /** Absolute. */
  readonly url: string;
}

/** How calls want their token. */
export interface ViewOptions {
  /** Instead of the client's scope. */
  readonly scope?: readonly string[];

  /** Instead of the client's resources. */
  readonly resource?: readonly string[];

  /** Milliseconds that a caller waits, instead of the client's `maxWaitMs`. */
  readonly maxWaitMs?: number;

  /** Instead of the client's `waitUntil`: that of the request which is being served. */
  readonly waitUntil?: WaitUntil;
}

/** How one call wants its token. */
export interface TokenOptions extends ViewOptions {
  /** Stops this caller's waiting, not the request that others wait for too. */
  readonly signal?: AbortSignal;
}
