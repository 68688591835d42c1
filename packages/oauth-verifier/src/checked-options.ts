import type { JwsLimits } from "@credicorp/oauth-core/jwt";
import { defaultJwsLimits } from "@credicorp/oauth-core/jwt";
import type { CheckExtensions, DpopResourceOptions } from "@credicorp/oauth-core/resource-server";

import { checkOptionNames } from "./options/check-option-names.ts";
import { checkNumber, invalidOption } from "./options/check-option.ts";
import { createExtensionsCheck } from "./claims/claims-schema.ts";
import type { CheckedIssuerOptions, IssuerOptions } from "./options/issuer-options.ts";
import { checkIssuerOptions, issuerOptionNames } from "./options/issuer-options.ts";
import type { ResourceOptions } from "./options/resource-options.ts";
import { checkResourceOptions, checkScopes } from "./options/resource-options.ts";
import type { Sharing } from "./options/sharing.ts";
import { checkSharing } from "./options/sharing.ts";
import type { AnyVerifierOptions, SharedOptions } from "./verifier-options.ts";
import type { CheckedReportOnly } from "./watching/candidate-policy.ts";
import { checkReportOnly } from "./watching/candidate-policy.ts";
import { checkInitialKeys } from "./watching/exported-keys.ts";

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
  readonly sharing: Sharing;
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
  "sharing",
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
  const scopes = checkScopes(options.scopes);
  checkIntrospectedScopes(issuers, scopes);
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
    scopes,
    resource: checkResourceOptions(
      options.resource,
      issuers.map(({ policy }) => policy.audience),
    ),
    checkExtensions: createExtensionsCheck(options.claims),
    realm,
    sharing: checkSharing(options, issuers),
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

/** For a scope that no route may ask for, nobody would ever be asked. */
function checkIntrospectedScopes(
  issuers: CheckedOptions["issuers"],
  scopes: readonly string[] | undefined,
): void {
  if (scopes === undefined) return;
  const isKnown = (name: string): boolean => scopes.includes(name);
  if (issuers.every(({ introspection }) => introspection?.scopes?.every(isKnown) ?? true)) return;
  throw invalidOption("introspection.scopes", "must list none but those of the option scopes");
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
