import { invalidOption } from "./check-option.ts";
import type { CheckedIssuerOptions } from "./issuer-options.ts";

/** How requests share the fetch that one of them has begun. */
export type Sharing = "promise" | "value";

/** What tells Cloudflare Workers, where a request may not await what another has begun. */
interface RuntimeGlobals {
  readonly navigator?: { readonly userAgent?: unknown };
}

/**
 * Checks how fetches are shared, and that nothing is asked for that only shared promises can do.
 *
 * @throws {@link ConfigurationError}
 */
export function checkSharing(
  options: { readonly sharing?: unknown; readonly initialKeys?: unknown },
  issuers: readonly Pick<CheckedIssuerOptions, "revocations" | "introspection">[],
): Sharing {
  const { sharing = defaultSharing(globalThis as RuntimeGlobals), initialKeys } = options;
  if (sharing !== "promise" && sharing !== "value") {
    throw invalidOption("sharing", "must be promise or value");
  }
  if (sharing === "promise") return sharing;
  const unfit = "needs requests that share promises, which Cloudflare Workers do not";
  if (initialKeys !== undefined) throw invalidOption("initialKeys", unfit);
  for (const { revocations, introspection } of issuers) {
    if (revocations !== undefined) throw invalidOption("revocations", unfit);
    if (introspection !== undefined) throw invalidOption("introspection", unfit);
  }
  return sharing;
}

function defaultSharing({ navigator }: RuntimeGlobals): Sharing {
  return navigator?.userAgent === "Cloudflare-Workers" ? "value" : "promise";
}
