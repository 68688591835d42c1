import type { RevocationFeed } from "@credicorp/oauth-core";
import type { ConfigurationError } from "@credicorp/oauth-core";

import { invalidOption } from "./check-option.ts";

/** Where a verifier learns what has been revoked, and how soon. */
export interface RevocationOptions {
  /** The issuer's list of revocations. One that can push (`subscribe`) is polled all the same: a push may be lost. */
  readonly feed: Pick<RevocationFeed, "poll"> & Partial<Pick<RevocationFeed, "subscribe">>;

  /** The longest that a revoked token is still accepted while the feed answers: 0 to 300 seconds. @defaultValue 5 */
  readonly lagSeconds?: number | undefined;

  /**
   * For how long the feed may fail before good tokens are answered with 503: up to 86,400 seconds; 0: at once.
   *
   * @defaultValue absent: tokens are good until they expire, unless they are known to be revoked
   */
  readonly maxOutageSeconds?: number | undefined;
}

/** Options that have been checked. */
export interface CheckedRevocationOptions {
  readonly feed: RevocationOptions["feed"];
  readonly lagMs: number;

  /** Infinite where an outage ends nothing. */
  readonly maxOutageMs: number;
}

/** Checks options at run time too. @throws {@link ConfigurationError} for the first that is wrong */
export function checkRevocationOptions(
  options: RevocationOptions | undefined,
  at = "",
): CheckedRevocationOptions | undefined {
  if (options === undefined) return undefined;
  const given: unknown = options;
  if (typeof given !== "object" || given === null) throw invalid(at, "", "must be an object");
  const { feed, lagSeconds = 5, maxOutageSeconds } = options;
  if (!isFeed(feed)) throw invalid(at, ".feed", "must have a poll function");
  if (!isWithin(lagSeconds, 300))
    throw invalid(at, ".lagSeconds", "must be a number from 0 to 300");
  if (maxOutageSeconds !== undefined && !isWithin(maxOutageSeconds, 86_400)) {
    throw invalid(at, ".maxOutageSeconds", "must be a number from 0 to 86400");
  }
  return {
    feed,
    lagMs: lagSeconds * 1000,
    maxOutageMs: maxOutageSeconds === undefined ? Infinity : maxOutageSeconds * 1000,
  };
}

function isFeed(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { poll, subscribe } = value as Readonly<Record<string, unknown>>;
  return typeof poll === "function" && (subscribe === undefined || typeof subscribe === "function");
}

function isWithin(value: unknown, max: number): boolean {
  return typeof value === "number" && value >= 0 && value <= max;
}

function invalid(at: string, member: string, rule: string): ConfigurationError {
  return invalidOption(`${at}revocations${member}`, rule);
}
