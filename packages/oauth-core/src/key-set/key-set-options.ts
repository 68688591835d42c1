/** How long keys are trusted, and how often their issuer is asked. */
export interface KeySetOptions {
  /** Seconds that a set is fresh when its answer does not say. */
  readonly defaultLifetimeSeconds: number;

  /** Seconds; a shorter `max-age`, 0 and `no-store` count as this. */
  readonly minLifetimeSeconds: number;

  /** Seconds; a longer `max-age` counts as this: it bounds how long a removed key is trusted. */
  readonly maxLifetimeSeconds: number;

  /** Seconds after its lifetime for which a set is served while the issuer fails to answer. */
  readonly maxStaleSeconds: number;

  /** Milliseconds; doubled with each failure in a row. */
  readonly firstRetryMs: number;

  /** Milliseconds; waits between attempts grow no longer. */
  readonly maxRetryMs: number;

  /** Fetches at once that unknown key ids may cause. */
  readonly unknownKeyBurst: number;

  /** Seconds after which an unknown key id may cause one more fetch. */
  readonly unknownKeyRefillSeconds: number;

  /** Seconds for which a key id that the issuer did not know causes no other fetch, unless the set ages meanwhile. */
  readonly unknownKeyMemorySeconds: number;
}

/** Sensible for issuers that announce their keys before they sign with them. */
export const defaultKeySetOptions: KeySetOptions = {
  defaultLifetimeSeconds: 600,
  minLifetimeSeconds: 30,
  maxLifetimeSeconds: 86_400,
  maxStaleSeconds: 3600,
  firstRetryMs: 1000,
  maxRetryMs: 60_000,
  unknownKeyBurst: 3,
  unknownKeyRefillSeconds: 30,
  unknownKeyMemorySeconds: 60,
};
