import type { DpopOptions, DpopPolicy } from "../../dpop/dpop-policy.ts";
import { resolveDpopOptions } from "../../dpop/dpop-policy.ts";
import { ConfigurationError } from "../../errors.ts";
import type { ReplayStore } from "../../ports.ts";
import { isSecureUrl, parseAbsoluteUrl } from "../../protocol/secure-url.ts";

/** How a resource takes DPoP proofs. */
export interface DpopResourceOptions extends DpopOptions {
  /**
   * Where clients send their requests, such as `https://api.example`: what the `htu` of proofs begins with. `Host` and
   * `X-Forwarded-Host` are whatever the sender likes, and are not looked at.
   */
  readonly origin: string;

  /** Refuses proofs without a nonce of this resource, which makes proofs worthless in advance. @defaultValue false */
  readonly requireNonce?: boolean | undefined;

  /**
   * Remembers which proofs have been used. All nodes of a resource need the same; while it cannot answer, requests with
   * bound tokens get 503.
   *
   * @defaultValue the memory of this process
   */
  readonly replayStore?: ReplayStore | undefined;

  /** Milliseconds that the replay store may take. 1 to 60,000. @defaultValue 2000 */
  readonly storeTimeoutMs?: number | undefined;

  /**
   * How many proofs of one key this process lets be remembered at a time, which is some 70 seconds with the default
   * window; what goes beyond gets 503. 1 to 1,000,000. @defaultValue 10,000
   */
  readonly maxProofsPerKey?: number | undefined;
}

/** The options with every default filled in; without the secret and the store. */
export interface DpopResourcePolicy extends DpopPolicy {
  readonly origin: string;
  readonly requireNonce: boolean;
  readonly storeTimeoutMs: number;
  readonly maxProofsPerKey: number;
}

/** Fills in the defaults. @throws {@link ConfigurationError} that names the first wrong option and the rule it breaks. */
export function resolveDpopResourceOptions(options: DpopResourceOptions): DpopResourcePolicy {
  const { origin, replayStore } = options;
  if (!isOrigin(origin)) {
    throw invalid(
      "origin",
      "must be an https origin (http on loopback) without a slash at its end",
    );
  }
  const { requireNonce = false }: { requireNonce?: unknown } = options;
  if (typeof requireNonce !== "boolean") throw invalid("requireNonce", "must be a boolean");
  if (replayStore !== undefined && typeof replayStore?.putIfAbsent !== "function") {
    throw invalid("replayStore", "must have a putIfAbsent function");
  }
  const { storeTimeoutMs = 2000, maxProofsPerKey = 10_000 } = options;
  checkCount("storeTimeoutMs", storeTimeoutMs, 60_000);
  checkCount("maxProofsPerKey", maxProofsPerKey, 1_000_000);
  return {
    ...resolveDpopOptions(options),
    origin,
    requireNonce,
    storeTimeoutMs,
    maxProofsPerKey,
  };
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !isSecureUrl(value)) return false;
  return parseAbsoluteUrl(value)?.origin === value;
}

function checkCount(option: string, value: unknown, max: number): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max) {
    throw invalid(option, `must be a whole number from 1 to ${max}`);
  }
}

function invalid(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(`dpop.${option}`, `dpop.${option} ${rule}`);
}
