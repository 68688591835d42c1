import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type { AccessTokenPolicy, JwsLimits } from "@credicorp/oauth-core/jwt";
import { signatureAlgorithms } from "@credicorp/oauth-core/jwt";
import { isIssuerUrl, isSecureUrl } from "@credicorp/oauth-core/protocol";
import { maxClockToleranceSeconds } from "@credicorp/oauth-core/revocation";

import { checkNumber, invalidOption } from "./check-option.ts";
import type { CheckedIntrospectionOptions, IntrospectionOptions } from "./introspection-options.ts";
import { checkIntrospectionOptions } from "./introspection-options.ts";
import type { CheckedRevocationOptions, RevocationOptions } from "./revocation-options.ts";
import { checkRevocationOptions } from "./revocation-options.ts";
import type { ReportOnlyOptions } from "./report-only-options.ts";

/** How the tokens of one issuer are verified. What decides who gets in has no default. */
export interface IssuerOptions {
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

  /** Seconds for which keys outlive their lifetime while the issuer fails: up to 86,400. @defaultValue 3600 */
  readonly maxStaleSeconds?: number | undefined;

  /** Refuses tokens that have been revoked. @defaultValue absent: tokens are good until they expire */
  readonly revocations?: RevocationOptions | undefined;

  /** Asks the issuer about tokens: about all, or about those for scopes that want it. @defaultValue absent: nobody is asked */
  readonly introspection?: IntrospectionOptions | undefined;

  /** Tries out another policy, which decides nothing. @defaultValue none */
  readonly reportOnly?: ReportOnlyOptions | undefined;
}

/** Options that have been checked. */
export interface CheckedIssuerOptions {
  readonly policy: AccessTokenPolicy;
  readonly jwksUri: string | undefined;
  readonly maxStaleSeconds: number | undefined;
  readonly revocations: CheckedRevocationOptions | undefined;
  readonly introspection: CheckedIntrospectionOptions | undefined;
}

/** All names of {@link IssuerOptions}. */
export const issuerOptionNames: readonly (keyof IssuerOptions)[] = [
  "issuer",
  "audience",
  "jwksUri",
  "algorithms",
  "clockToleranceSeconds",
  "maxStaleSeconds",
  "revocations",
  "introspection",
  "reportOnly",
];

const defaultAlgorithms: readonly SignatureAlgorithm[] = ["RS256", "PS256", "ES256", "Ed25519"];

/** Checks options at run time too. @throws {@link ConfigurationError} for the first option that is missing or wrong */
export function checkIssuerOptions(
  options: IssuerOptions,
  { limits, at = "" }: { readonly limits: JwsLimits; readonly at?: string },
): CheckedIssuerOptions {
  const { issuer, jwksUri, algorithms = defaultAlgorithms } = options;
  if (!(typeof issuer === "string" && isIssuerUrl(issuer))) {
    throw invalidOption(
      `${at}issuer`,
      "must be an https URL (http on loopback) without query and fragment",
    );
  }
  if (jwksUri !== undefined && !(typeof jwksUri === "string" && isSecureUrl(jwksUri))) {
    throw invalidOption(`${at}jwksUri`, "must be an https URL (http on loopback)");
  }
  if (
    !Array.isArray(algorithms) ||
    algorithms.length === 0 ||
    !algorithms.every((name) => signatureAlgorithms.includes(name))
  ) {
    throw invalidOption(
      `${at}algorithms`,
      `must list one or more of ${signatureAlgorithms.join(", ")}`,
    );
  }
  const number = (
    name: "clockToleranceSeconds" | "maxStaleSeconds",
    max: number,
  ): number | undefined => checkNumber(options[name], `${at}${name}`, [0, max]);
  return {
    policy: {
      issuer,
      audience: checkAudience(options.audience, at),
      algorithms: [...algorithms],
      tokenTypes: ["at+jwt"],
      limits,
      clockToleranceSeconds: number("clockToleranceSeconds", maxClockToleranceSeconds) ?? 5,
    },
    jwksUri,
    maxStaleSeconds: number("maxStaleSeconds", 86_400),
    revocations: checkRevocationOptions(options.revocations, at),
    introspection: checkIntrospectionOptions(options.introspection, at),
  };
}

function checkAudience(audience: IssuerOptions["audience"], at: string): readonly string[] | null {
  if (audience === null) return null;
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (list.length === 0 || !list.every((name) => typeof name === "string" && name !== "")) {
    throw invalidOption(
      `${at}audience`,
      "must be a text or a list of texts; null, to accept every audience",
    );
  }
  // A copy: who changes his list later has not changed what is checked.
  return [...list] as readonly string[];
}
