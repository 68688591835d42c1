/**
 * What a verifier is told of the resource that it protects.
 *
 * @module
 */

import { isIssuerUrl, isScopeToken } from "@credicorp/oauth-core/protocol";
import { invalidOption } from "./check-option.ts";

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

  /**
   * Whether the server asks its clients for certificates, so that their tokens may be bound to them: the verifier
   * cannot know. It is told to clients, and decides nothing.
   *
   * @defaultValue false
   */
  readonly clientCertificates?: boolean | undefined;
}

/**
 * Checks the option `resource`; `audiences` are those of each issuer.
 *
 * @throws {@link ConfigurationError} when a member is missing or wrong
 */
export function checkResourceOptions(
  resource: ResourceOptions | undefined,
  audiences: readonly (readonly string[] | null)[],
): ResourceOptions | undefined {
  if (resource === undefined) return undefined;
  if (typeof resource !== "object" || resource === null) {
    throw invalidOption("resource", "must be an object");
  }
  const { identifier, name, documentation, clientCertificates = false } = resource;
  if (!(typeof identifier === "string" && isIssuerUrl(identifier))) {
    throw invalidOption(
      "resource.identifier",
      "must be an https URL (http on loopback) without query",
    );
  }
  if (!audiences.some((audience) => audience === null || audience.includes(identifier))) {
    throw invalidOption("resource.identifier", "must be one of the audiences that are accepted");
  }
  if (name !== undefined && (typeof name !== "string" || name === "")) {
    throw invalidOption("resource.name", "must be a text");
  }
  if (documentation !== undefined && !isWebUrl(documentation)) {
    throw invalidOption("resource.documentation", "must be a URL");
  }
  if (typeof clientCertificates !== "boolean") {
    throw invalidOption("resource.clientCertificates", "must be a boolean");
  }
  return { identifier, name, documentation, clientCertificates };
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
    throw invalidOption("scopes", "must be a list of scope tokens, each once");
  }
  return Object.freeze([...scopes]);
}

function isWebUrl(text: unknown): boolean {
  return typeof text === "string" && /^https?:\/\//.test(text) && URL.canParse(text);
}
