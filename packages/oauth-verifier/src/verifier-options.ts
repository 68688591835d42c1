import type {
  Bytes,
  Clock,
  Digest,
  HttpTransport,
  Random,
  SignatureEngine,
  Sleep,
} from "@credicorp/oauth-core";
import type { JwsLimits } from "@credicorp/oauth-core/jwt";
import { defaultJwsLimits } from "@credicorp/oauth-core/jwt";
import type { CheckExtensions, DpopResourceOptions } from "@credicorp/oauth-core/resource-server";

import { checkNumber, invalidOption } from "./check-option.ts";
import { createExtensionsCheck } from "./claims/claims-schema.ts";
import type { StandardSchema } from "./claims/standard-schema.ts";
import type { CheckedIssuerOptions, IssuerOptions } from "./issuer-options.ts";
import { checkIssuerOptions, issuerOptionNames } from "./issuer-options.ts";
import { checkOptionNames } from "./check-option-names.ts";
import type { CheckedReportOnly } from "./watching/candidate-policy.ts";
import { checkReportOnly } from "./watching/candidate-policy.ts";
import type { InitialKeysOptions } from "./watching/exported-keys.ts";
import { checkInitialKeys } from "./watching/exported-keys.ts";
import type { ResourceOptions } from "./resource/resource-options.ts";
import { checkResourceOptions, checkScopes } from "./resource/resource-options.ts";

/** What a verifier needs from the platform; tests pass their own. */
export interface VerifierPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;

  /** `bytes` makes the secret of nonces, where the option `dpop` gives none. */
  readonly random: Pick<Random, "fraction"> & Partial<Pick<Random, "bytes">>;
  readonly bytes: Bytes;
  readonly digest: Digest;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey" | "verify">;

  /** Bounds the wait for a feed of revocations, and for a replay store. */
  readonly sleep: Sleep;
}

/** What a verifier does alike for all issuers. */
export interface SharedOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
> {
  /**
   * Accepts tokens whose segments end with `=`, against RFC 7515 section 2, for issuers that cannot be changed.
   *
   * @defaultValue false
   */
  readonly acceptPaddedTokens?: boolean | undefined;

  /** Milliseconds that one request for metadata or keys may take: up to 60,000. @defaultValue 5000 */
  readonly timeoutMs?: number | undefined;

  /**
   * About how many bytes of verified tokens are kept, of all issuers together, so that a token that comes again is not
   * verified anew; 0 or `null`: none. A token takes 2 to 3 KiB. Up to 1 GiB.
   *
   * @defaultValue 16 MiB
   */
  readonly maxCacheBytes?: number | null | undefined;

  /**
   * Accepts tokens that are bound to a key, with a DPoP proof of it (RFC 9449).
   *
   * @defaultValue absent: such tokens are refused
   */
  readonly dpop?: DpopResourceOptions | undefined;

  /**
   * Refuses tokens that are bound to nothing: whoever has one could use it. Which binding, a key (`dpop`) or a
   * certificate (`clientCertificate` of a request), is up to the issuer.
   *
   * @defaultValue false
   */
  readonly requireBoundTokens?: boolean | undefined;

  /**
   * Keys that an earlier process exported, for a start while an issuer fails: served to the end of their own time, while
   * the issuers are asked at once. What cannot be believed is not served; that is an event, and in `health()`.
   *
   * @defaultValue none
   */
  readonly initialKeys?: InitialKeysOptions | undefined;

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

  /** The protection space that challenges name. @defaultValue the first audience, or else the first issuer */
  readonly realm?: string | undefined;

  /** @defaultValue those of `@credicorp/oauth-runtime` */
  readonly ports?: Partial<VerifierPorts> | undefined;
}

/** How the tokens of one issuer are verified. */
export interface VerifierOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
>
  extends IssuerOptions, SharedOptions<Scope, Schema> {
  readonly issuers?: undefined;
}

/** How the tokens of several issuers are verified, each by its own rules and keys. */
export interface SeveralIssuersOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = undefined,
> extends SharedOptions<Scope, Schema> {
  /** At least one; no two of the same name. */
  readonly issuers: readonly IssuerOptions[];
}

/** Options of any verifier. */
export type AnyVerifierOptions<
  Scope extends string = string,
  Schema extends StandardSchema | undefined = StandardSchema | undefined,
> = VerifierOptions<Scope, Schema> | SeveralIssuersOptions<Scope, Schema>;

/** Options that have been checked. */
export interface CheckedOptions {
  /** At least one. */
  readonly issuers: readonly (CheckedIssuerOptions & CheckedReportOnly)[];
  readonly limits: JwsLimits;
  readonly timeoutMs: number;

  /** 0: no token is kept. */
  readonly maxCacheBytes: number;
  readonly dpop: DpopResourceOptions | undefined;
  readonly requireBoundTokens: boolean;
  readonly scopes: readonly string[] | undefined;
  readonly resource: ResourceOptions | undefined;
  readonly checkExtensions: CheckExtensions | undefined;
  readonly realm: string;
}

/** All names of {@link SharedOptions}. */
const sharedOptionNames: readonly (keyof SharedOptions)[] = [
  "acceptPaddedTokens",
  "timeoutMs",
  "maxCacheBytes",
  "dpop",
  "requireBoundTokens",
  "initialKeys",
  "scopes",
  "resource",
  "claims",
  "realm",
  "ports",
];

/**
 * Checks options at run time too: neither an undefined environment variable nor a misspelt name must switch a check off.
 *
 * @throws {@link ConfigurationError} for the first option that is missing or wrong
 */
export function checkOptions(options: AnyVerifierOptions): CheckedOptions {
  checkOptionNames(options, [...sharedOptionNames, ...issuerOptionNames, "issuers"], "");
  const limits: JwsLimits = {
    ...defaultJwsLimits,
    acceptPadding: flag(options, "acceptPaddedTokens"),
  };
  const issuers = checkIssuers(options, limits);
  const [first] = issuers;
  const realm = options.realm ?? first?.policy.audience?.[0] ?? first?.policy.issuer;
  if (typeof realm !== "string" || realm === "") throw invalidOption("realm", "must be a text");
  const { dpop }: { dpop?: unknown } = options;
  if (dpop !== undefined && (typeof dpop !== "object" || dpop === null)) {
    throw invalidOption("dpop", "must be an object");
  }
  checkInitialKeys(options.initialKeys);
  return {
    issuers,
    limits,
    timeoutMs: checkNumber(options.timeoutMs, "timeoutMs", [1, 60_000]) ?? 5000,
    maxCacheBytes:
      options.maxCacheBytes === null
        ? 0
        : (checkNumber(options.maxCacheBytes, "maxCacheBytes", [0, 2 ** 30]) ?? 2 ** 24),
    dpop: options.dpop,
    requireBoundTokens: flag(options, "requireBoundTokens"),
    scopes: checkScopes(options.scopes),
    resource: checkResourceOptions(
      options.resource,
      issuers.map(({ policy }) => policy.audience),
    ),
    checkExtensions: createExtensionsCheck(options.claims),
    realm,
  };
}

function checkIssuers(options: AnyVerifierOptions, limits: JwsLimits): CheckedOptions["issuers"] {
  const requireBoundTokens = flag(options, "requireBoundTokens");
  const check = (issuer: IssuerOptions, at: string): CheckedOptions["issuers"][number] => {
    const checkedIssuer = checkIssuerOptions(issuer, { limits, at });
    const hasNoKeys = checkedIssuer.introspection?.tokenFormat === "any";
    const context = { limits, at, hasNoKeys, requireBoundTokens };
    return { ...checkedIssuer, ...checkReportOnly(issuer, context) };
  };
  if (options.issuers === undefined) return [check(options, "")];
  const { issuers }: { issuers: unknown } = options;
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw invalidOption("issuers", "must list one or more issuers");
  }
  // An audience beside the list would look as if it were checked.
  const stray = issuerOptionNames.find((name) => name in options);
  if (stray !== undefined) throw invalidOption(stray, "belongs to one of the issuers");
  const checked = issuers.map((issuer: IssuerOptions | null, index) => {
    const at = `issuers[${index}].`;
    // What is for all issuers would look as if it were done for this one.
    checkOptionNames(issuer ?? {}, issuerOptionNames, at);
    return check(issuer ?? ({} as IssuerOptions), at);
  });
  const names = checked.map(({ policy }) => policy.issuer);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice !== -1) throw invalidOption(`issuers[${twice}].issuer`, "is there twice");
  const anyFormat = checked.findIndex(({ introspection }) => introspection?.tokenFormat === "any");
  if (checked.length > 1 && anyFormat !== -1) {
    throw invalidOption(
      `issuers[${anyFormat}].introspection.tokenFormat`,
      "must be jwt, for only a JWT tells whose it is",
    );
  }
  return checked;
}

function flag(
  options: AnyVerifierOptions,
  name: "acceptPaddedTokens" | "requireBoundTokens",
): boolean {
  const value: unknown = options[name];
  if (value === undefined) return false;
  if (typeof value !== "boolean") throw invalidOption(name, "must be a boolean");
  return value;
}
