import type { ViewOptions, WaitUntil } from "../options/client-options.ts";
import type { ClientSettings } from "../options/client-settings.ts";
import { readMilliseconds, readResources, readScope } from "../options/client-settings.ts";
import { refuseUnknownViewOptions } from "../options/known-options.ts";
import type { TokenTarget } from "../tokens/token-target.ts";

/** What a view asks for, checked. */
export interface ViewSettings {
  readonly target: TokenTarget;

  /** Whether `scopeFor` has nothing to say. */
  readonly hasOwnScope: boolean;
  readonly maxWaitMs: number;
  readonly waitUntil: WaitUntil | undefined;
}

/** Returns what a client asks for when no view and no call says otherwise. */
export function ownSettings({
  scope,
  resources,
  maxWaitMs,
  waitUntil,
}: Pick<ClientSettings, "scope" | "resources" | "maxWaitMs" | "waitUntil">): ViewSettings {
  const target = buildTokenTarget(scope, resources);
  return { target, hasOwnScope: false, maxWaitMs, waitUntil };
}

/**
 * Lays the options of a view over settings.
 *
 * @throws {@link ConfigurationError} when one is wrong, or does not exist.
 */
export function narrowView(settings: ViewSettings, options: ViewOptions): ViewSettings {
  refuseUnknownViewOptions(options);
  return narrow(settings, options);
}

/**
 * Lays options over settings.
 *
 * @throws {@link ConfigurationError} when one is wrong.
 */
export function narrow(settings: ViewSettings, options: ViewOptions): ViewSettings {
  const { scope, resource, maxWaitMs, waitUntil } = options;
  const { target, hasOwnScope } = settings;
  return {
    target: buildTokenTarget(
      scope === undefined ? target.scope : readScope(scope),
      resource === undefined ? target.resources : readResources(resource),
    ),
    hasOwnScope: hasOwnScope || scope !== undefined,
    maxWaitMs:
      maxWaitMs === undefined ? settings.maxWaitMs : readMilliseconds("maxWaitMs", maxWaitMs),
    waitUntil: waitUntil ?? settings.waitUntil,
  };
}

/** Makes a target of a canonical scope and canonical resources. */
function buildTokenTarget(scope: readonly string[], resources: readonly string[]): TokenTarget {
  return { scope, resources, key: `${scope.join(" ")}\n${resources.join(" ")}` };
}
