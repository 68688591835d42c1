import type { RequirementSection } from "./requirement.ts";

/** Requirements AT-01 and following. */
export const accessTokenRequirements: RequirementSection = {
  title: "Access token",
  requirements: [
    {
      id: "AT-01",
      strength: "must",
      since: "flow",
      title: "The header's `typ` is `at+jwt`",
      sources: ["RFC 9068 section 2.1"],
    },
    {
      id: "AT-02",
      strength: "must",
      since: "flow",
      title: "`iss`, `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` are present",
      sources: ["RFC 9068 section 2.2"],
    },
    {
      id: "AT-03",
      strength: "should",
      since: "flow",
      title: "`sub` is the client's identifier, which a client cannot choose",
      sources: ["RFC 9068 section 2.2", "RFC 9068 section 5", "RFC 9700 section 4.15"],
    },
    {
      id: "AT-04",
      strength: "must",
      since: "flow",
      title: "RS256 is among the supported algorithms and `none` never is",
      sources: ["RFC 9068 section 2.1"],
    },
    {
      id: "AT-05",
      strength: "should",
      since: "flow",
      title: "`scope` is one string, and each of its scopes means something to the audience",
      sources: ["RFC 9068 section 2.2.3"],
    },
    {
      id: "AT-06",
      strength: "must",
      since: "flow",
      title:
        "Without `resource` the default audience is used; scopes of two resources are `invalid_scope`",
      sources: ["RFC 9068 section 3"],
    },
    {
      id: "AT-07",
      strength: "recommended",
      since: "authorization-server",
      title: "The header names a `kid` that the key set has",
      sources: ["House decision"],
    },
    {
      id: "AT-08",
      strength: "recommended",
      since: "authorization-server",
      title: "Tokens are short-lived, and their times are integers",
      sources: ["House decision"],
    },
    {
      id: "AT-09",
      strength: "recommended",
      since: "authorization-server",
      title:
        "Sandbox tokens cannot be taken for real ones: own issuer, own keys, a claim that says so",
      sources: ["House decision"],
    },
  ],
};
