import type { BasicEncoding } from "@credicorp/oauth-core/protocol";
import type { Instant, TakenStep } from "@credicorp/oauth-core/token-cache";

import type { Fetch, SecretAuthenticationMethod } from "../options/client-options.ts";

/** Whose tokens, from where, and for what. */
export interface TokenSourceOptions {
  /** The URL that tokens are asked for at: https, except on this machine. There is no discovery. */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;

  /** What to ask for; without it the server decides. */
  readonly scope?: readonly string[];

  /** The APIs that the token is for, as absolute URIs (RFC 8707); without it the server decides. */
  readonly resource?: readonly string[];

  /**
   * How the secret is sent.
   *
   * @defaultValue `client_secret_basic`
   */
  readonly tokenEndpointAuthMethod?: SecretAuthenticationMethod;

  /**
   * `raw` is for servers that do not decode Basic credentials as RFC 6749 asks.
   *
   * @defaultValue `form`
   */
  readonly basicEncoding?: BasicEncoding;

  /**
   * Milliseconds for one token request.
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

  /** @defaultValue the platform's */
  readonly fetch?: Fetch;

  /** Sees each step of the token machine: made by {@link tokenEvents}. */
  readonly observe?: (step: TakenStep, now: Instant) => void;
}
