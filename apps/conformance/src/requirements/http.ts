import type { RequirementSection } from "./requirement.ts";

/** Requirements HTTP-01 and following. */
export const httpRequirements: RequirementSection = {
  title: "Transport and HTTP",
  requirements: [
    {
      id: "HTTP-01",
      strength: "must",
      since: "flow",
      title:
        "Endpoints that take a credential need TLS; plain http is for loopback, or for an explicit flag",
      sources: [
        "RFC 6749 section 2.3.1",
        "RFC 6749 section 3.2",
        "RFC 7662 section 4",
        "RFC 7009 section 2",
      ],
    },
    {
      id: "HTTP-02",
      strength: "must",
      since: "flow",
      title: "The token endpoint takes POST; another method gets 405 with `Allow: POST`",
      sources: ["RFC 6749 section 3.2", "RFC 9110 section 15.5.6"],
    },
    {
      id: "HTTP-03",
      strength: "must",
      since: "flow",
      title: "The body is a UTF-8 form; any other media type is an OAuth `invalid_request`",
      sources: ["RFC 6749 section 4.4.2", "RFC 6749 appendix B"],
    },
    {
      id: "HTTP-04",
      strength: "must",
      since: "flow",
      title: "A credential in the query string is never accepted",
      sources: ["RFC 6749 section 2.3.1"],
    },
    {
      id: "HTTP-05",
      strength: "recommended",
      since: "authorization-server",
      title: "Body size, number of parameters and header size have limits",
      sources: ["House decision"],
    },
    {
      id: "HTTP-06",
      strength: "recommended",
      since: "authorization-server",
      title: "Broken percent-encoding, invalid UTF-8 and NUL get 400, never 500",
      sources: ["House decision"],
    },
    {
      id: "HTTP-07",
      strength: "must",
      since: "flow",
      title: "No endpoint that takes a credential answers with a redirect",
      sources: ["RFC 9700 section 4.12"],
    },
    {
      id: "HTTP-08",
      strength: "recommended",
      since: "authorization-server",
      title: "Every answer has a `Date`, read from the one clock",
      sources: ["House decision"],
    },
    {
      id: "HTTP-09",
      strength: "recommended",
      since: "authorization-server",
      title: "CORS is for metadata and keys, never for an endpoint that takes a credential",
      sources: ["House decision"],
    },
    {
      id: "HTTP-10",
      strength: "must",
      since: "flow",
      title: "Forwarded headers count only when a configured proxy sent them",
      sources: ["RFC 9700 section 4.13"],
    },
    {
      id: "HTTP-11",
      strength: "recommended",
      since: "authorization-server",
      title: "HEAD and OPTIONS behave; an unknown path below the OAuth prefix is a 404 problem",
      sources: ["House decision"],
    },
  ],
};
