import type { RequirementSection } from "./requirement.ts";
import { pitfall } from "./pitfall.ts";

/** Pitfalls CLI-01 to CLI-09. */
export const clientExpiryPitfalls: RequirementSection = {
  title: "Client: expiry and refresh",
  requirements: [
    pitfall(
      "CLI-01",
      "Margins and jitter are fractions of the lifetime, so very short tokens are still cached",
    ),
    pitfall(
      "CLI-02",
      "A lifetime that is not told makes a token neither immortal nor uncacheable, and an event says so",
    ),
    pitfall(
      "CLI-03",
      "`expires_in` as digits is read; absurd values are clamped or refused; no timer overflows",
    ),
    pitfall("CLI-04", "A lifetime counts from before the request was sent"),
    pitfall("CLI-05", "Age is measured on the monotonic clock and checked against the wall clock"),
    pitfall("CLI-06", "A server that keeps giving the same dying token does not start a loop"),
    pitfall("CLI-07", "A fleet that started together does not refresh together"),
    pitfall(
      "CLI-08",
      "A background refresh neither delays, nor rejects unheard, nor surfaces while the token is good",
    ),
    pitfall(
      "CLI-09",
      "A dead token endpoint is unseen while a token is good; later errors say since when and what next",
    ),
  ],
};
