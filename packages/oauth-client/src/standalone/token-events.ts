import type { TokenReport } from "@credicorp/oauth-core/token-cache";
import { reportStep } from "@credicorp/oauth-core/token-cache";

import type { TokenSourceOptions } from "./token-source-options.ts";

/**
 * Makes the option `observe` of a listener: it is called for every event, with what the events of the whole client tell.
 *
 * It is a function of its own, so that a bundle that has no use for events does not pay for them. What the listener throws
 * is an uncaught exception, as with any event of the platform.
 */
export function tokenEvents(
  listener: (event: TokenReport) => void,
): NonNullable<TokenSourceOptions["observe"]> {
  return (step, now) => {
    for (const report of reportStep(step, now)) {
      // Later, so that a listener can neither delay nor fail the call that caused the event.
      queueMicrotask(() => listener(report));
    }
  };
}
