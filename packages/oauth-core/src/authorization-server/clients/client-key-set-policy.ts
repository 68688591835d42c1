/**
 * Where clients may have their keys fetched from, and how long those are trusted.
 *
 * @module
 */

import { ConfigurationError } from "../../errors.ts";
import { isSecureUrl, parseAbsoluteUrl } from "../../protocol/secure-url.ts";

/** How a server fetches the keys of clients that are registered with a `jwksUri`. */
export interface ClientKeySetOptions {
  /**
   * The hosts that may be asked, exactly: `keys.partner.example`, or `keys.partner.example:8443` for another port than
   * 443. No wildcards, and always https.
   */
  readonly allowedHosts: readonly string[];

  /** Milliseconds that one fetch may take, within which the client waits for its answer. 100 to 10,000. @defaultValue 3000 */
  readonly timeoutMs?: number | undefined;

  /** How long a key that its host has removed may still be accepted, at most. 60 to 86,400. @defaultValue 900 */
  readonly maxLifetimeSeconds?: number | undefined;

  /** How much longer it may be while the host fails to answer. 0 to 86,400. @defaultValue 3600 */
  readonly maxStaleSeconds?: number | undefined;
}

/** The options with every default filled in. */
export interface ClientKeySetPolicy {
  readonly allowedHosts: readonly string[];
  readonly timeoutMs: number;
  readonly maxLifetimeSeconds: number;
  readonly maxStaleSeconds: number;
}

const maxUrlLength = 2048;

/** Fills in the defaults. @throws {@link ConfigurationError} that names the first wrong option and the rule it breaks. */
export function resolveClientKeySetOptions(options: ClientKeySetOptions): ClientKeySetPolicy {
  const { allowedHosts, timeoutMs = 3000 } = options;
  const { maxLifetimeSeconds = 900, maxStaleSeconds = 3600 } = options;
  for (const [index, host] of allowedHosts.entries()) {
    if (host.includes("*") || parseAbsoluteUrl(`https://${host}`)?.host !== host) {
      throw invalid(
        `allowedHosts[${index}]`,
        "must be a host name in its normal form, with a port unless that is 443",
      );
    }
  }
  checkRange("timeoutMs", timeoutMs, [100, 10_000]);
  checkRange("maxLifetimeSeconds", maxLifetimeSeconds, [60, 86_400]);
  checkRange("maxStaleSeconds", maxStaleSeconds, [0, 86_400]);
  return { allowedHosts, timeoutMs, maxLifetimeSeconds, maxStaleSeconds };
}

/** Tells whether keys may be fetched from a URL: https, no user information, and host and port on the list. */
export function isAllowedKeySetUrl(
  url: string,
  { allowedHosts }: Pick<ClientKeySetPolicy, "allowedHosts">,
): boolean {
  if (url.length > maxUrlLength || !isSecureUrl(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === "https:" && allowedHosts.includes(host);
}

function checkRange(option: string, value: number, [min, max]: readonly [number, number]): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(option, `must be a whole number from ${min} to ${max}`);
  }
}

function invalid(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(`clientKeySets.${option}`, `clientKeySets.${option} ${rule}`);
}
