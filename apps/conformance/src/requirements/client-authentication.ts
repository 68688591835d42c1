import type { RequirementSection } from "./requirement.ts";

/** Requirements AUTH-01 and following. */
export const clientAuthenticationRequirements: RequirementSection = {
  title: "Client authentication",
  requirements: [
    {
      id: "AUTH-01",
      strength: "must",
      since: "flow",
      title: "Clients with a secret may send it by HTTP Basic or in the body",
      sources: ["RFC 6749 section 2.3.1"],
    },
    {
      id: "AUTH-02",
      strength: "must",
      since: "flow",
      title: "Basic: id and secret are split at the first colon, then form-decoded",
      sources: ["RFC 6749 section 2.3.1", "RFC 6749 appendix B"],
    },
    {
      id: "AUTH-03",
      strength: "must",
      since: "flow",
      title: "Two authentication methods in one request are `invalid_request`",
      sources: ["RFC 6749 section 2.3", "RFC 6749 section 5.2"],
    },
    {
      id: "AUTH-04",
      strength: "recommended",
      since: "flow",
      title: "Basic with the same `client_id` in the body is fine; a different one is refused",
      sources: ["RFC 6749 section 3.2.1"],
    },
    {
      id: "AUTH-05",
      strength: "must",
      since: "flow",
      title: "A failure with an Authorization header is 401 with a challenge of the same scheme",
      sources: ["RFC 6749 section 5.2"],
    },
    {
      id: "AUTH-06",
      strength: "must",
      since: "flow",
      title: "All ways to fail look alike: same code, same text, comparable time",
      sources: ["RFC 6749 section 5.2"],
    },
    {
      id: "AUTH-07",
      strength: "must",
      since: "flow",
      title: "Every endpoint that takes a secret is guarded against guessing",
      sources: ["RFC 6749 section 2.3.1"],
    },
    {
      id: "AUTH-08",
      strength: "recommended",
      since: "flow",
      title: "A malformed Basic header is a client error, never a 500; the scheme's case is free",
      sources: ["House decision"],
    },
    {
      id: "AUTH-09",
      strength: "recommended",
      since: "flow",
      title: "An unsupported scheme is 401 with a challenge that lists the supported one",
      sources: ["House decision"],
    },
    {
      id: "AUTH-10",
      strength: "recommended",
      since: "flow",
      title:
        "Secrets are compared in constant time as digests; several may be live, each with its dates",
      sources: ["House decision"],
    },
    {
      id: "AUTH-11",
      strength: "must",
      since: "flow",
      title: "The method that the client is registered with is the only one it may use",
      sources: ["RFC 7591 section 2"],
    },
  ],
};
