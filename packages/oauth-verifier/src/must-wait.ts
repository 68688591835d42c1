import type { UnavailableOutcome } from "@credicorp/oauth-core/resource-server";
import { unavailable } from "@credicorp/oauth-core/resource-server";

/** The outcome of a verification that has to wait, for those who cannot. */
export const mustWait: UnavailableOutcome = unavailable(1, {
  code: "must_wait",
  message: "The verification has to wait for something, and may not",
  reference: "RFC 9068 section 4",
});
