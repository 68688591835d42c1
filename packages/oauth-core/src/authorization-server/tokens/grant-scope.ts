/**
 * What a client is granted: scope and audience together, because a scope means something to a resource only.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 | RFC 6749 section 3.3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-3 | RFC 9068 section 3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2.2 | RFC 8707 section 2.2}
 * @module
 */

import type { ReceivedTokenRequest } from "../../protocol/token-request.ts";
import { parseScope } from "../../protocol/scope.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import type { ProtectedResource, ServerPolicy } from "../configuration.ts";
import { isResourceIndicator } from "../resolve-configuration.ts";
import type { Refusal } from "../refusal.ts";

/** What a token will say. */
export interface Grant {
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly lifetimeSeconds: number;
}

/**
 * Decides what is granted: all that was asked for, or nothing.
 *
 * Without a `resource`, the first resource that defines every wanted scope is meant. Each granted scope is defined by
 * each resource of the audience, so that it cannot mean one thing here and another there.
 */
export function grantScope(
  request: Pick<ReceivedTokenRequest, "scope" | "resources">,
  client: ClientRecord,
  policy: Pick<ServerPolicy, "resources" | "accessTokenLifetimeSeconds">,
): Result<Grant, Refusal> {
  const asked = findResources(request.resources, policy.resources);
  if (!asked.ok) return asked;
  const wanted = request.scope === undefined ? undefined : parseScope(request.scope);
  if (wanted?.ok === false) return refuse("scope_malformed");

  if (wanted === undefined) {
    const defaults = client.defaultScope ?? client.scope;
    const audience =
      asked.value ?? firstDefining(policy.resources, (scope) => defaults.includes(scope));
    // Without an audience every scope would count as defined by all of it, and the token would be for nobody.
    if (audience.length === 0) return refuse("scope_empty");
    const scope = defaults.filter((token) => definedByAll(audience, token));
    return scope.length === 0
      ? refuse("scope_empty")
      : ok(grant(scope, audience, { client, policy }));
  }
  const scope = wanted.value;
  if (!scope.every((token) => isKnown(policy.resources, token))) return refuse("scope_unknown");
  if (!scope.every((token) => client.scope.includes(token))) return refuse("scope_not_allowed");
  const audience =
    asked.value ??
    policy.resources
      .filter((resource) => scope.every((token) => resource.scopes.includes(token)))
      .slice(0, 1);
  if (audience.length === 0 || !scope.every((token) => definedByAll(audience, token))) {
    return refuse("scope_of_several_resources");
  }
  return ok(grant(scope, audience, { client, policy }));
}

/** Looks up the resources that were asked for; `undefined` when none was. */
function findResources(
  indicators: readonly string[],
  resources: readonly ProtectedResource[],
): Result<readonly ProtectedResource[] | undefined, Refusal> {
  if (indicators.length === 0) return ok(undefined);
  const found = new Set<ProtectedResource>();
  for (const indicator of indicators) {
    const resource = resources.find(({ identifier }) => identifier === indicator);
    if (resource === undefined) {
      return refuse(isResourceIndicator(indicator) ? "resource_unknown" : "resource_malformed");
    }
    found.add(resource);
  }
  return ok([...found]);
}

function firstDefining(
  resources: readonly ProtectedResource[],
  isWanted: (scope: string) => boolean,
): readonly ProtectedResource[] {
  return resources.filter(({ scopes }) => scopes.some(isWanted)).slice(0, 1);
}

function isKnown(resources: readonly ProtectedResource[], scope: string): boolean {
  return resources.some(({ scopes }) => scopes.includes(scope));
}

function definedByAll(resources: readonly ProtectedResource[], scope: string): boolean {
  return resources.every(({ scopes }) => scopes.includes(scope));
}

function grant(
  scope: readonly string[],
  resources: readonly ProtectedResource[],
  context: {
    readonly client: ClientRecord;
    readonly policy: Pick<ServerPolicy, "accessTokenLifetimeSeconds">;
  },
): Grant {
  const { client, policy } = context;
  const usual = client.accessTokenLifetimeSeconds ?? policy.accessTokenLifetimeSeconds;
  // A client may have shorter tokens than a resource allows, and never longer ones.
  const lifetimes = resources.map((resource) =>
    Math.min(
      resource.accessTokenLifetimeSeconds ?? usual,
      client.accessTokenLifetimeSeconds ?? Infinity,
    ),
  );
  return {
    scope,
    audience: resources.map(({ identifier }) => identifier),
    lifetimeSeconds: Math.min(...lifetimes),
  };
}

const descriptions = {
  scope_malformed: ["invalid_scope", "The scope is malformed"],
  scope_empty: ["invalid_scope", "The client has no default scope for this resource"],
  scope_unknown: ["invalid_scope", "The scope is unknown or not allowed for this client"],
  scope_not_allowed: ["invalid_scope", "The scope is unknown or not allowed for this client"],
  scope_of_several_resources: ["invalid_scope", "The scope does not belong to one resource"],
  resource_unknown: ["invalid_target", "The resource is unknown"],
  resource_malformed: ["invalid_target", "The resource is not an absolute URI without fragment"],
} as const;

function refuse(why: keyof typeof descriptions): { readonly ok: false; readonly failure: Refusal } {
  const [error, description] = descriptions[why];
  return failed({ status: 400, error, description, why });
}
