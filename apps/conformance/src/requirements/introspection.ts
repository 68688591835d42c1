import type { RequirementSection } from "./requirement.ts";

/** Requirements INT-01 and following. */
export const introspectionRequirements: RequirementSection = {
  title: "Introspection",
  requirements: [
    {
      id: "INT-01",
      strength: "must",
      since: "flow",
      title: "POST form with `token`; without it `invalid_request`; GET is refused",
      sources: ["RFC 7662 section 2.1"],
    },
    {
      id: "INT-02",
      strength: "must",
      since: "flow",
      title: "The caller authenticates; failing that, 401 with a challenge",
      sources: ["RFC 7662 section 2.1", "RFC 7662 section 2.3"],
    },
    {
      id: "INT-03",
      strength: "should",
      since: "flow",
      title: "Introspecting is a permission that a client has or has not",
      sources: ["RFC 7662 section 4"],
    },
    {
      id: "INT-04",
      strength: "must",
      since: "flow",
      title: "Every token that is not good for this caller is 200 and inactive",
      sources: ["RFC 7662 section 2.2", "RFC 7662 section 2.3", "RFC 7662 section 4"],
    },
    {
      id: "INT-05",
      strength: "should",
      since: "flow",
      title: "An inactive answer says nothing but that",
      sources: ["RFC 7662 section 2.2", "RFC 7662 section 4"],
    },
    {
      id: "INT-06",
      strength: "must",
      since: "flow",
      title: "The signature is verified before any claim is told; stored state outranks claims",
      sources: ["RFC 7662 section 4"],
    },
    {
      id: "INT-07",
      strength: "must",
      since: "flow",
      title: "A token type hint that is unknown or wrong changes nothing",
      sources: ["RFC 7662 section 2.1"],
    },
    {
      id: "INT-08",
      strength: "recommended",
      since: "authorization-server",
      title: "An active answer has the full set of members, with integer times",
      sources: ["RFC 7662 section 2.2"],
    },
    {
      id: "INT-09",
      strength: "recommended",
      since: "authorization-server",
      title: "The answer is not to be stored by intermediaries",
      sources: ["RFC 7662 section 4"],
    },
    {
      id: "INT-10",
      strength: "must",
      since: "flow",
      title: "Introspection is throttled",
      sources: ["RFC 7662 section 4"],
    },
    {
      id: "INT-11",
      strength: "recommended",
      since: "authorization-server",
      title: "The server's own JWTs work; any other string is inactive",
      sources: ["House decision"],
    },
    {
      id: "INT-12",
      strength: "recommended",
      since: "authorization-server",
      title: "A client may look at its own tokens; a resource server at those for its audience",
      sources: ["House decision"],
    },
    {
      id: "INT-13",
      strength: "recommended",
      since: "authorization-server",
      title: "A signed answer is given on request",
      sources: ["RFC 9701 section 5"],
    },
  ],
};
