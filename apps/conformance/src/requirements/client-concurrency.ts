import type { RequirementSection } from "./requirement.ts";
import { pitfall } from "./pitfall.ts";

/** Pitfalls CLI-10 to CLI-15. */
export const clientConcurrencyPitfalls: RequirementSection = {
  title: "Client: concurrency",
  requirements: [
    pitfall("CLI-10", "Many cold callers make one token request"),
    pitfall(
      "CLI-11",
      "Many callers whose token was revoked make one; a late 401 notices the newer token",
    ),
    pitfall("CLI-12", "A refresh that began before an invalidation is not published"),
    pitfall("CLI-13", "A rejected promise is never kept; there is one request in flight per key"),
    pitfall("CLI-14", "A caller's abort, deadline or trace does not own the shared request"),
    pitfall(
      "CLI-15",
      "Where another request's promise may not be awaited, the value is shared instead",
    ),
  ],
};
