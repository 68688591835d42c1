import type { RequirementSection } from "./requirement.ts";

/** Requirements CLM-01 and following. */
export const claimsSchemaRequirements: RequirementSection = {
  title: "Schema of claims",
  requirements: [
    {
      id: "CLM-01",
      strength: "recommended",
      since: "verifier",
      title: "What a token says beside the registered claims is read by any Standard Schema",
      sources: ["Standard Schema 1"],
    },
    {
      id: "CLM-02",
      strength: "recommended",
      since: "verifier",
      title:
        "A token that does not fit is refused as `invalid_token`, and none of its values is shown",
      sources: ["House decision"],
    },
    {
      id: "CLM-03",
      strength: "recommended",
      since: "verifier",
      title: "A schema sees good tokens only",
      sources: ["House decision"],
    },
    {
      id: "CLM-04",
      strength: "recommended",
      since: "verifier",
      title: "No request can change what a schema made for another",
      sources: ["House decision"],
    },
    {
      id: "CLM-05",
      strength: "recommended",
      since: "verifier",
      title: "A schema may take its time",
      sources: ["Standard Schema 1"],
    },
    {
      id: "CLM-06",
      strength: "recommended",
      since: "verifier",
      title: "A schema that fails is an outage, and no reason to refuse a token",
      sources: ["House decision"],
    },
  ],
};
