import type { RequirementSection } from "./requirement.ts";

/** Requirements MD-01 and following. */
export const metadataRequirements: RequirementSection = {
  title: "Metadata",
  requirements: [
    {
      id: "MD-01",
      strength: "must",
      since: "flow",
      title: "The well-known path goes between the host and the issuer's path",
      sources: ["RFC 8414 section 3", "RFC 8414 section 3.1"],
    },
    {
      id: "MD-02",
      strength: "must",
      since: "flow",
      title: "The document is 200 `application/json`",
      sources: ["RFC 8414 section 3.2"],
    },
    {
      id: "MD-03",
      strength: "must",
      since: "flow",
      title: "`issuer` is byte for byte the one used to find the document and in tokens",
      sources: ["RFC 8414 section 2", "RFC 8414 section 3.3"],
    },
    {
      id: "MD-04",
      strength: "must",
      since: "flow",
      title: "Token endpoint and key set are named, as https URLs",
      sources: ["RFC 8414 section 2"],
    },
    {
      id: "MD-05",
      strength: "recommended",
      since: "authorization-server",
      title: "`response_types_supported` is left out unless a switch asks for it",
      sources: ["RFC 8414 section 2", "RFC 8414 section 3.2"],
    },
    {
      id: "MD-06",
      strength: "must",
      since: "flow",
      title: "Grant types are listed, as their default would claim others",
      sources: ["RFC 8414 section 2"],
    },
    {
      id: "MD-07",
      strength: "must",
      since: "flow",
      title:
        "Authentication methods are listed for the token, introspection and revocation endpoints",
      sources: ["RFC 8414 section 2"],
    },
    {
      id: "MD-08",
      strength: "must",
      since: "authorization-server",
      title: "Signing algorithms are listed along with a JWT method, and never `none`",
      sources: ["RFC 8414 section 2"],
    },
    {
      id: "MD-09",
      strength: "should",
      since: "flow",
      title: "Scopes are listed",
      sources: ["RFC 8414 section 2"],
    },
    {
      id: "MD-10",
      strength: "must",
      since: "flow",
      title: "A list that would be empty is left out",
      sources: ["RFC 8414 section 3.2"],
    },
    {
      id: "MD-11",
      strength: "must",
      since: "authorization-server",
      title: "Members for DPoP and mutual TLS appear only where the capability is real",
      sources: ["RFC 9449 section 5.1", "RFC 8705 section 3.3", "RFC 8705 section 5"],
    },
    {
      id: "MD-12",
      strength: "recommended",
      since: "authorization-server",
      title: "Documentation and policy are linked; the answer can be cached and revalidated",
      sources: ["RFC 8414 section 2"],
    },
    {
      id: "MD-13",
      strength: "must",
      since: "flow",
      title: "Nothing is advertised that the endpoint refuses",
      sources: ["House decision"],
    },
  ],
};
