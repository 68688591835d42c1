import type {
  Bytes,
  Clock,
  HttpTransport,
  Random,
  SignatureAlgorithm,
  SignatureEngine,
  Sleep,
} from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type { AccessTokenPolicy } from "@credicorp/oauth-core/jwt";
import { defaultJwsLimits, signatureAlgorithms } from "@credicorp/oauth-core/jwt";
import type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
import { isIssuerUrl, isSecureUrl } from "@credicorp/oauth-core/protocol";
import type { CheckExtensions } from "@credicorp/oauth-core/resource-server";
import { maxClockToleranceSeconds } from "@credicorp/oauth-core/revocation";

import { createExtensionsCheck } from "./claims/claims-schema.ts";
import type { StandardSchema } from "./claims/standard-schema.ts";
import { checkScopes, describeResource } from "./resource/resource-options.ts";
import type { ResourceOptions } from "./resource/resource-options.ts";
import type { CheckedRevocationOptions, RevocationOptions } from "./revocation-options.ts";
import { checkRevocationOptions } from "./revocation-options.ts";

/** What a verifier needs from the platform; tests pass their own. */
export interface VerifierPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly random: Pick<Random, "fraction">;
  readonly bytes: Bytes;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey" | "verify">;

  /** Bounds the wait for a feed of revocations. */
  readonly sleep: Sleep;
}

/** How tokens are verified. What decides who gets in has no default. */
export interface VerifierOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
> {
  /** The authorization server, byte for byte as its tokens and its metadata name it. */
  readonly issuer: string;

  /** This resource server, as tokens name it; with a list, one of them must be there. `null` accepts every audience. */
  readonly audience: string | readonly string[] | null;

  /** Where the issuer's keys are. @defaultValue what the issuer's metadata says */
  readonly jwksUri?: string | undefined;

  /** @defaultValue `["RS256", "PS256", "ES256", "Ed25519"]` */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined;

  /** How far this clock and the issuer's may differ: 0 to 300 seconds. @defaultValue 5 */
  readonly clockToleranceSeconds?: number | undefined;

  /**
   * Accepts tokens whose segments end with `=`, against RFC 7515 section 2, for issuers that cannot be changed.
   *
   * @defaultValue false
   */
  readonly acceptPaddedTokens?: boolean | undefined;

  /** Milliseconds that one request for metadata or keys may take: up to 60,000. @defaultValue 5000 */
  readonly timeoutMs?: number | undefined;

  /** Seconds for which keys outlive their lifetime while the issuer fails: up to 86,400. @defaultValue 3600 */
  readonly maxStaleSeconds?: number | undefined;

  /**
   * About how many bytes of verified tokens are kept, so that a token that comes again is not verified anew; 0 or
   * `null`: none. A token takes 2 to 3 KiB. Up to 1 GiB.
   *
   * @defaultValue 16 MiB
   */
  readonly maxCacheBytes?: number | null | undefined;

  /** Refuses tokens that have been revoked. @defaultValue absent: tokens are good until they expire */
  readonly revocations?: RevocationOptions | undefined;

  /** All scopes that routes may ask for; a guard that asks for another is refused. @defaultValue any */
  readonly scopes?: readonly Scope[] | undefined;

  /** Describes the resource in a metadata document that challenges name (RFC 9728). @defaultValue absent: there is none */
  readonly resource?: ResourceOptions | undefined;

  /**
   * Reads the claims of good tokens that are not registered ones, by a schema of Standard Schema such as zod's; its
   * output is `principal.claims.extensions`. A token that does not fit is refused.
   *
   * @defaultValue absent: they are given out as they are
   */
  readonly claims?: Schema;

  /** The protection space that challenges name. @defaultValue the first audience, or else the issuer */
  readonly realm?: string | undefined;

  /** @defaultValue those of `@credicorp/oauth-runtime` */
  readonly ports?: Partial<VerifierPorts> | undefined;
}

/** Options that have been checked. */
export interface CheckedOptions {
  readonly policy: AccessTokenPolicy;
  readonly jwksUri: string | undefined;
  readonly timeoutMs: number;
  readonly maxStaleSeconds: number | undefined;

  /** 0: no token is kept. */
  readonly maxCacheBytes: number;
  readonly realm: string;
  readonly revocations: CheckedRevocationOptions | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly resourceMetadata: ResourceMetadata | undefined;
  readonly checkExtensions: CheckExtensions | undefined;
}

const defaultAlgorithms: readonly SignatureAlgorithm[] = ["RS256", "PS256", "ES256", "Ed25519"];

/**
 * Checks options at run time too: an undefined environment variable must not switch a check off.
 *
 * @throws {@link ConfigurationError} for the first option that is missing or wrong
 */
export function checkOptions(
  options: VerifierOptions<string, StandardSchema | undefined>,
): CheckedOptions {
  const { issuer, jwksUri, algorithms = defaultAlgorithms } = options;
  if (!(typeof issuer === "string" && isIssuerUrl(issuer))) {
    throw invalid("issuer", "must be an https URL (http on loopback) without query and fragment");
  }
  if (jwksUri !== undefined && !(typeof jwksUri === "string" && isSecureUrl(jwksUri))) {
    throw invalid("jwksUri", "must be an https URL (http on loopback)");
  }
  if (
    !Array.isArray(algorithms) ||
    algorithms.length === 0 ||
    !algorithms.every((name) => signatureAlgorithms.includes(name))
  ) {
    throw invalid("algorithms", `must list one or more of ${signatureAlgorithms.join(", ")}`);
  }
  const { acceptPaddedTokens: acceptPadding = false }: { acceptPaddedTokens?: unknown } = options;
  if (typeof acceptPadding !== "boolean") throw invalid("acceptPaddedTokens", "must be a boolean");
  const audience = checkAudience(options.audience);
  const realm = options.realm ?? audience?.[0] ?? issuer;
  if (typeof realm !== "string" || realm === "") throw invalid("realm", "must be a text");
  const scopes = checkScopes(options.scopes);
  const { resource } = options;
  return {
    policy: {
      issuer,
      audience,
      algorithms: [...algorithms],
      tokenTypes: ["at+jwt"],
      limits: { ...defaultJwsLimits, acceptPadding },
      clockToleranceSeconds:
        checkNumber(options, "clockToleranceSeconds", [0, maxClockToleranceSeconds]) ?? 5,
    },
    jwksUri,
    timeoutMs: checkNumber(options, "timeoutMs", [1, 60_000]) ?? 5000,
    maxStaleSeconds: checkNumber(options, "maxStaleSeconds", [0, 86_400]),
    maxCacheBytes:
      options.maxCacheBytes === null
        ? 0
        : (checkNumber(options, "maxCacheBytes", [0, 2 ** 30]) ?? 2 ** 24),
    realm,
    revocations: checkRevocationOptions(options.revocations),
    scopes,
    resourceMetadata: describeResource({ resource, scopes, audience, issuers: [issuer] }),
    checkExtensions: createExtensionsCheck(options.claims),
  };
}

function checkAudience(audience: VerifierOptions["audience"]): readonly string[] | null {
  if (audience === null) return null;
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (list.length === 0 || !list.every((name) => typeof name === "string" && name !== "")) {
    throw invalid("audience", "must be a text or a list of texts; null, to accept every audience");
  }
  return list as readonly string[];
}

function checkNumber(
  options: VerifierOptions<string, StandardSchema | undefined>,
  name: "clockToleranceSeconds" | "timeoutMs" | "maxStaleSeconds" | "maxCacheBytes",
  [min, max]: readonly [number, number],
): number | undefined {
  const value: unknown = options[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw invalid(name, `must be a number from ${min} to ${max}`);
  }
  return value;
}

function invalid(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(option, `The verifier's option ${option} ${rule}`);
}
