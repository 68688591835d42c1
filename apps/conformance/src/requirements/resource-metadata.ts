import type { RequirementSection } from "./requirement.ts";

/** Requirements RMD-01 and following. */
export const resourceMetadataRequirements: RequirementSection = {
  title: "Resource metadata and scopes",
  requirements: [
    {
      id: "RMD-01",
      strength: "must",
      since: "verifier",
      title: "The well-known path goes between the host and the resource's path or query",
      sources: ["RFC 9728 section 3", "RFC 9728 section 3.1"],
    },
    {
      id: "RMD-02",
      strength: "must",
      since: "verifier",
      title: "The document names its resource byte for byte, and nothing that is refused",
      sources: ["RFC 9728 section 2", "RFC 9728 section 3.3"],
    },
    {
      id: "RMD-03",
      strength: "recommended",
      since: "verifier",
      title: "Challenges name the document, where there is one",
      sources: ["RFC 9728 section 5.1"],
    },
    {
      id: "RMD-04",
      strength: "recommended",
      since: "verifier",
      title: "No route can ask for a scope that the resource does not have",
      sources: ["House decision"],
    },
  ],
};
