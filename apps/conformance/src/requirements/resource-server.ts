import type { RequirementSection } from "./requirement.ts";

/** Requirements RS-01 and following. */
export const resourceServerRequirements: RequirementSection = {
  title: "Resource server",
  requirements: [
    {
      id: "RS-01",
      strength: "should",
      since: "verifier",
      title: "Without credentials: 401 with a Bearer challenge that has no `error`",
      sources: ["RFC 6750 section 3.1"],
    },
    {
      id: "RS-02",
      strength: "should",
      since: "verifier",
      title: "A bad or expired token: 401 `invalid_token`",
      sources: ["RFC 6750 section 3.1"],
    },
    {
      id: "RS-03",
      strength: "should",
      since: "verifier",
      title: "Too little scope: 403 `insufficient_scope` that names the scope",
      sources: ["RFC 6750 section 3.1"],
    },
    {
      id: "RS-04",
      strength: "should",
      since: "verifier",
      title: "A malformed request or two ways at once: 400 `invalid_request`",
      sources: ["RFC 6750 section 3.1"],
    },
    {
      id: "RS-05",
      strength: "must",
      since: "verifier",
      title: "The scheme's case is free",
      sources: ["RFC 9110 section 11.1"],
    },
    {
      id: "RS-06",
      strength: "must",
      since: "verifier",
      title: "A token gets every check that the profile for JWT access tokens asks for",
      sources: ["RFC 9068 section 4"],
    },
    {
      id: "RS-07",
      strength: "must",
      since: "verifier",
      title: "A token in the query string is refused",
      sources: ["RFC 9700 section 4.3.2"],
    },
  ],
};
