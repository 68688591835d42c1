/**
 * What a verifier is told of the resource that it protects.
 *
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";
import type { ResourceMetadata } from "@credicorp/oauth-core/protocol";
import { isIssuerUrl, isScopeToken } from "@credicorp/oauth-core/protocol";

/** The resource as its metadata document describes it. */
export interface ResourceOptions {
  /**
   * The URL that clients know the resource by, without a query; an audience that tokens are accepted for. Its metadata is
   * beneath `/.well-known/oauth-protected-resource` of the same host.
   */
  readonly identifier: string;

  /** For people. */
  readonly name?: string | undefined;

  /** The URL of a page for developers. */
  readonly documentation?: string | undefined;
}

/** What the metadata is made of. */
interface ResourceFacts {
  readonly resource: ResourceOptions | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly audience: readonly string[] | null;
  readonly issuers: readonly string[];
}

/**
 * Describes the resource, by what the verifier does: nothing is advertised that is refused.
 *
 * @throws {@link ConfigurationError} when a member is wrong
 */
export function describeResource(facts: ResourceFacts): ResourceMetadata | undefined {
  const { resource, scopes, audience, issuers } = facts;
  if (resource === undefined) return undefined;
  if (typeof resource !== "object" || resource === null)
    throw invalid("resource", "must be an object");
  const { identifier, name, documentation } = resource;
  if (!(typeof identifier === "string" && isIssuerUrl(identifier))) {
    throw invalid("resource.identifier", "must be an https URL (http on loopback) without query");
  }
  if (audience !== null && !audience.includes(identifier)) {
    throw invalid("resource.identifier", "must be one of the audiences that are accepted");
  }
  if (name !== undefined && (typeof name !== "string" || name === "")) {
    throw invalid("resource.name", "must be a text");
  }
  if (documentation !== undefined && !isWebUrl(documentation)) {
    throw invalid("resource.documentation", "must be a URL");
  }
  return Object.freeze({
    resource: identifier,
    authorizationServers: Object.freeze([...issuers]),
    scopesSupported: scopes,
    bearerMethodsSupported: Object.freeze(["header"]),
    resourceName: name,
    resourceDocumentation: documentation,
  });
}

/**
 * Checks the scopes of a resource.
 *
 * @throws {@link ConfigurationError} when one is no scope token, or is there twice
 */
export function checkScopes(scopes: readonly string[] | undefined): readonly string[] | undefined {
  if (scopes === undefined) return undefined;
  if (
    !Array.isArray(scopes) ||
    !scopes.every((token) => typeof token === "string" && isScopeToken(token)) ||
    new Set(scopes).size < scopes.length
  ) {
    throw invalid("scopes", "must be a list of scope tokens, each once");
  }
  return Object.freeze([...scopes]);
}

function isWebUrl(text: unknown): boolean {
  return typeof text === "string" && /^https?:\/\//.test(text) && URL.canParse(text);
}

function invalid(option: string, rule: string): ConfigurationError {
  return new ConfigurationError(option, `The verifier's option ${option} ${rule}`);
}
