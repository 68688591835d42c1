/**
 * What an OpenAPI 3.1 document says of the tokens that a resource asks for.
 *
 * @see {@link https://spec.openapis.org/oas/v3.1.0#security-scheme-object | OpenAPI 3.1, Security Scheme Object}
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";
import { isSecureUrl } from "@credicorp/oauth-core/protocol";
import type { TokenBindings } from "./describe-resource.ts";
import { checkRequiredScope } from "./options/required-scope.ts";
import type { Verifier } from "./verifier.ts";

/** What the verifier does not know. */
export interface OpenApiSecurityOptions<Scope extends string = string> {
  /** The authorization server's token endpoint. */
  readonly tokenUrl: string;

  /** What each scope is for. @defaultValue nothing is said */
  readonly scopeDescriptions?: Readonly<Partial<Record<Scope, string>>> | undefined;
}

/** How a client gets its token (`oauth2`), and how it sends it: by which schemes, with which proof. */
export interface OpenApiSecuritySchemes {
  readonly oauth2: {
    readonly type: "oauth2";
    readonly flows: {
      readonly clientCredentials: {
        readonly tokenUrl: string;
        readonly scopes: Readonly<Record<string, string>>;
      };
    };
  };

  /** Absent where every token must be bound to a key. */
  readonly bearer?: {
    readonly type: "http";
    readonly scheme: "bearer";
    readonly bearerFormat: "JWT";
  };

  /** There where tokens may be bound to keys (RFC 9449). */
  readonly dpop?: {
    readonly type: "http";
    readonly scheme: "DPoP";
  };

  /** There where clients are asked for certificates (RFC 8705). */
  readonly mutualTls?: { readonly type: "mutualTLS" };
}

/** One way in: all of its schemes at once. A document lists alternatives. */
export type OpenApiSecurityRequirement = Readonly<
  Partial<Record<keyof OpenApiSecuritySchemes, readonly string[]>>
>;

/** The parts of a document that are about tokens. */
export interface OpenApiSecurity<Scope extends string = string> {
  /** For `components.securitySchemes`. */
  readonly securitySchemes: OpenApiSecuritySchemes;

  /**
   * Makes the `security` of an operation whose guard asks for this scope.
   *
   * @throws {@link ConfigurationError} for what is no scope token, or none of the resource's when those are configured
   */
  readonly security: (...scope: readonly Scope[]) => readonly OpenApiSecurityRequirement[];
}

/**
 * Describes the tokens that a verifier accepts, as plain data for a document of OpenAPI 3.1.
 *
 * @throws {@link ConfigurationError} when `tokenUrl` is no https URL (http on loopback)
 */
export function openApiSecurity<Scope extends string>(
  verifier: Verifier<Scope, unknown>,
  options: OpenApiSecurityOptions<NoInfer<Scope>>,
): OpenApiSecurity<Scope> {
  const { tokenUrl } = options;
  const descriptions: Readonly<Record<string, string | undefined>> =
    options.scopeDescriptions ?? {};
  if (!(typeof tokenUrl === "string" && isSecureUrl(tokenUrl))) {
    throw new ConfigurationError("tokenUrl", "tokenUrl must be an https URL (http on loopback)");
  }
  checkRequiredScope(verifier, Object.keys(descriptions));
  const names = verifier.scopes ?? Object.keys(descriptions);
  const describe = (name: string): string =>
    (Object.hasOwn(descriptions, name) && descriptions[name]) || "";
  const scopes = Object.fromEntries(names.map((name) => [name, describe(name)]));
  const { bindings } = verifier;
  return {
    securitySchemes: {
      oauth2: { type: "oauth2", flows: { clientCredentials: { tokenUrl, scopes } } },
      ...waysToSend(bindings),
    },
    security: (...scope) => {
      checkRequiredScope(verifier, scope);
      return [{ oauth2: scope }, ...alternatives(bindings, scope)];
    },
  };
}

function waysToSend(bindings: TokenBindings): Omit<OpenApiSecuritySchemes, "oauth2"> {
  const { dpopAlgorithms, clientCertificates, isRequired } = bindings;
  return {
    ...((!isRequired || clientCertificates) && {
      bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    }),
    ...(dpopAlgorithms && { dpop: { type: "http", scheme: "DPoP" } }),
    ...(clientCertificates && { mutualTls: { type: "mutualTLS" } }),
  };
}

function alternatives(
  { dpopAlgorithms, clientCertificates, isRequired }: TokenBindings,
  scope: readonly string[],
): readonly OpenApiSecurityRequirement[] {
  return [
    ...(isRequired ? [] : [{ bearer: scope }]),
    ...(dpopAlgorithms ? [{ dpop: scope }] : []),
    ...(clientCertificates ? [{ bearer: scope, mutualTls: [] }] : []),
  ];
}
