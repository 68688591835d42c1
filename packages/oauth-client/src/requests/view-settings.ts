import type { ViewOptions } from "../options/client-options.ts";
import { readMilliseconds, readResources, readScope } from "../options/client-settings.ts";
import type { TokenTarget } from "../tokens/token-target.ts";
import { buildTokenTarget } from "../tokens/token-target.ts";

/** What a view asks for, checked. */
export interface ViewSettings {
  readonly target: TokenTarget;

  /** Whether `scopeFor` has nothing to say. */
  readonly hasOwnScope: boolean;
  readonly maxWaitMs: number;
}

/**
 * Lays options over settings.
 *
 * @throws {@link ConfigurationError} when one is wrong.
 */
export function narrow(settings: ViewSettings, options: ViewOptions): ViewSettings {
  const { scope, resource, maxWaitMs } = options;
  const { target, hasOwnScope } = settings;
  return {
    target: buildTokenTarget(
      scope === undefined ? target.scope : readScope(scope),
      resource === undefined ? target.resources : readResources(resource),
    ),
    hasOwnScope: hasOwnScope || scope !== undefined,
    maxWaitMs:
      maxWaitMs === undefined ? settings.maxWaitMs : readMilliseconds("maxWaitMs", maxWaitMs),
  };
}
