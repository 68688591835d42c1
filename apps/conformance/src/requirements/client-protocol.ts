import type { RequirementSection } from "./requirement.ts";
import { pitfall } from "./pitfall.ts";

/** Pitfalls CLI-20 to CLI-35. */
export const clientProtocolPitfalls: RequirementSection = {
  title: "Client: protocol",
  requirements: [
    pitfall(
      "CLI-20",
      "`token_type` is read without case and sent back canonical; unknown or downgraded is an error",
    ),
    pitfall("CLI-21", "An answer that is not OAuth JSON gives a typed error that keeps the status"),
    pitfall(
      "CLI-22",
      "Any secret works in Basic, encoded as the RFC says; a switch and a hint cover raw encoding",
    ),
    pitfall(
      "CLI-23",
      "Token requests follow no redirect, are not cached, and are limited in size and time",
    ),
    pitfall(
      "CLI-24",
      "Assertions and proofs are made afresh for each attempt; nonces are kept per origin",
    ),
    pitfall("CLI-25", "Authentication methods are not probed with a real secret"),
    pitfall(
      "CLI-26",
      "Tokens go to configured origins only, not over plain http, not across a redirect",
    ),
    pitfall("CLI-27", "Without a token no request is sent"),
    pitfall(
      "CLI-28",
      "A 401 is retried once, for `invalid_token`, when the body can be sent again",
    ),
    pitfall("CLI-29", "Errors that a retry cannot mend are remembered for a short, growing while"),
    pitfall(
      "CLI-30",
      "`Retry-After` is read in both forms, capped, bound by the deadline, and pauses the whole key",
    ),
    pitfall("CLI-31", "Errors carry no body and no header, only cleaned OAuth fields"),
    pitfall("CLI-32", "Events and metrics carry no token, no secret and by default no client id"),
    pitfall(
      "CLI-33",
      "A credential may be a string, a function or a file; an older secret is tried only when refused",
    ),
    pitfall("CLI-34", "Metadata of another issuer is refused, and so are endpoints without https"),
    pitfall(
      "CLI-35",
      "A browser is refused a secret; a server with a `window` is not taken for one",
    ),
  ],
};
