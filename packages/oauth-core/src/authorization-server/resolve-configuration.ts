import { ConfigurationError } from "../errors.ts";
import type { RateLimit } from "../ports.ts";
import { isScopeToken } from "../protocol/scope.ts";
import { isSecureUrl, parseAbsoluteUrl } from "../protocol/secure-url.ts";
import { resolveClientKeySetOptions } from "./clients/client-key-set-policy.ts";
import type {
  AuthorizationServerConfiguration,
  Overrides,
  ProtectedResource,
  ServerPolicy,
} from "./configuration.ts";
import { accessTokenLifetimeBounds, defaultBudgets, defaultPaths } from "./configuration.ts";
import { checkProfile, possibleMethods } from "./check-profile.ts";
import { resolveDpopOptions } from "../dpop/dpop-policy.ts";
import { resolveKeyRotation } from "./keys/key-rotation-options.ts";
import { resolveMutualTlsOptions } from "./mutual-tls/mutual-tls-policy.ts";

const metadataPath = "/.well-known/oauth-authorization-server";

/** Fills in the defaults. @throws {@link ConfigurationError} that names the first wrong option and the rule it breaks. */
export function resolveConfiguration(
  configuration: AuthorizationServerConfiguration,
): ServerPolicy {
  const { issuer, resources, allowInsecureHttp = false } = configuration;
  checkIssuer(issuer, allowInsecureHttp);
  const documentMaxAgeSeconds = configuration.documentMaxAgeSeconds ?? 300;
  if (!Number.isInteger(documentMaxAgeSeconds) || documentMaxAgeSeconds < 0) {
    throw invalid("documentMaxAgeSeconds", "must be a whole number of seconds, 0 or more");
  }
  const mutualTls =
    configuration.mutualTls && resolveMutualTlsOptions(configuration.mutualTls, allowInsecureHttp);
  const policy: ServerPolicy = {
    issuer,
    allowInsecureHttp,
    resources,
    paths: override(defaultPaths, configuration.paths),
    clientAuthenticationMethods:
      configuration.clientAuthenticationMethods ??
      possibleMethods({ mutualTls, profile: configuration.profile }),
    accessTokenLifetimeSeconds: configuration.accessTokenLifetimeSeconds ?? 900,
    accessTokenAlgorithm: configuration.accessTokenAlgorithm ?? "ES256",
    accessTokenClaims: configuration.accessTokenClaims,
    limits: override(defaultBudgets, configuration.limits),
    storeTimeoutMs: configuration.storeTimeoutMs ?? 2000,
    maxBodyBytes: configuration.maxBodyBytes ?? 16_384,
    maxParameters: configuration.maxParameters ?? 64,
    documentMaxAgeSeconds,
    keyRotation: resolveKeyRotation(configuration.keyRotation ?? {}, documentMaxAgeSeconds),
    introspectOwnTokens: configuration.introspectOwnTokens ?? true,
    dpop: configuration.dpop && resolveDpopOptions(configuration.dpop),
    clientKeySets:
      configuration.clientKeySets && resolveClientKeySetOptions(configuration.clientKeySets),
    mutualTls,
    profile: configuration.profile,
    responseTypesSupported: configuration.responseTypesSupported,
    serviceDocumentation: configuration.serviceDocumentation,
    errorPagesUrl: configuration.errorPagesUrl,
  };
  checkLifetime("accessTokenLifetimeSeconds", policy.accessTokenLifetimeSeconds);
  checkResources(resources);
  checkProfile(policy);
  checkPaths(policy);
  for (const [name, limit] of Object.entries(policy.limits)) checkLimit(`limits.${name}`, limit);
  for (const name of ["storeTimeoutMs", "maxBodyBytes", "maxParameters"] as const) {
    if (!isPositiveInteger(policy[name])) throw invalid(name, "must be a positive whole number");
  }
  return policy;
}

/** Checks the life of a token, wherever it is configured. @throws {@link ConfigurationError} */
export function checkLifetime(option: string, seconds: number | undefined): void {
  const { min, max } = accessTokenLifetimeBounds;
  if (seconds === undefined) return;
  if (!Number.isInteger(seconds) || seconds < min || seconds > max) {
    throw invalid(option, `must be a whole number of seconds from ${min} to ${max}`);
  }
}

/** Checks a budget, wherever it is configured. @throws {@link ConfigurationError} */
export function checkLimit(option: string, limit: RateLimit | null | undefined): void {
  if (limit === undefined || limit === null) return;
  if (!isCount(limit.limit) || !isCount(limit.windowSeconds)) {
    throw invalid(
      option,
      "must have a positive whole number of 15 digits at most as limit and as windowSeconds",
    );
  }
}

/** Tells what RateLimit-Policy can say: a positive integer of RFC 9651 section 3.3.1. */
function isCount(value: number): boolean {
  return isPositiveInteger(value) && value < 1e15;
}

function checkIssuer(issuer: string, allowInsecureHttp: boolean): void {
  const url = parseAbsoluteUrl(issuer);
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[?#]/.test(issuer)) {
    throw invalid("issuer", "must be an https URL without query and fragment (RFC 8414 section 2)");
  }
  const canonical = url.pathname === "/" ? url.origin : url.origin + url.pathname;
  if (issuer !== canonical || (url.pathname !== "/" && issuer.endsWith("/"))) {
    throw invalid("issuer", "must be written in its normal form, without a slash at the end");
  }
  if (!allowInsecureHttp && !isSecureUrl(issuer)) {
    throw invalid("issuer", "must be https; plain http is for loopback, or with allowInsecureHttp");
  }
}

function checkResources(resources: readonly ProtectedResource[]): void {
  if (resources.length === 0) throw invalid("resources", "must name at least one resource");
  for (const [index, resource] of resources.entries()) {
    const option = `resources[${index}]`;
    const { identifier, scopes, accessTokenLifetimeSeconds } = resource;
    if (!isResourceIndicator(identifier)) {
      throw invalid(`${option}.identifier`, "must be an absolute URI without fragment (RFC 8707)");
    }
    if (resources.findIndex((other) => other.identifier === identifier) < index) {
      throw invalid(
        `${option}.identifier`,
        "must not be there twice: name all scopes in one place",
      );
    }
    const malformed = scopes.findIndex((scope) => !isScopeToken(scope));
    if (malformed !== -1) {
      throw invalid(
        `${option}.scopes[${malformed}]`,
        "must be a scope token (RFC 6749 section 3.3)",
      );
    }
    checkLifetime(`${option}.accessTokenLifetimeSeconds`, accessTokenLifetimeSeconds);
  }
}

/** Tells whether a text may name a resource: an absolute URI without fragment (RFC 8707 section 2). */
export function isResourceIndicator(text: string): boolean {
  return !text.includes("#") && /^[\x21-\x7e]+$/.test(text) && parseAbsoluteUrl(text) !== undefined;
}

function checkPaths({ paths }: ServerPolicy): void {
  for (const [name, path] of Object.entries(paths)) {
    if (!/^\/[A-Za-z0-9._~/-]*$/.test(path)) {
      throw invalid(`paths.${name}`, "must begin with a slash and hold unreserved characters only");
    }
  }
  const metadata = Object.values(paths).find((path) => path.startsWith(metadataPath));
  if (metadata !== undefined) throw invalid("paths", "must leave the path of the metadata alone");
  if (new Set(Object.values(paths)).size < Object.keys(paths).length) {
    throw invalid("paths", "must all be different");
  }
}

/** Unlike a spread, takes `undefined` for absent. */
function override<Defaults extends object>(
  defaults: Defaults,
  overrides: Overrides<Defaults> = {},
): Defaults {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

function invalid(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(option, `${option} ${rule}`);
}
