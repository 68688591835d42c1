import type { RequirementSection } from "./requirement.ts";

/** Requirements RL-01 and following. */
export const rateLimitRequirements: RequirementSection = {
  title: "Rate limits and problem details",
  requirements: [
    {
      id: "RL-01",
      strength: "recommended",
      since: "authorization-server",
      title: "429 comes with `Retry-After`",
      sources: ["RFC 6585 section 4", "RFC 9110 section 10.2.3"],
    },
    {
      id: "RL-02",
      strength: "recommended",
      since: "authorization-server",
      title:
        "`RateLimit-Policy` and `RateLimit` are structured fields that agree with `Retry-After`",
      sources: ["RateLimit header fields draft"],
    },
    {
      id: "RL-03",
      strength: "recommended",
      since: "authorization-server",
      title: "The body keeps the OAuth `error` and adds the problem type for a quota",
      sources: ["RFC 9457 section 3"],
    },
    {
      id: "RL-04",
      strength: "recommended",
      since: "authorization-server",
      title:
        "Client, failures, address and anonymous have separate budgets; guards come before hashing",
      sources: ["House decision"],
    },
    {
      id: "RL-05",
      strength: "must",
      since: "flow",
      title: "No request is lost in the count, and what happens without the counter is declared",
      sources: ["House decision"],
    },
    {
      id: "RL-06",
      strength: "recommended",
      since: "authorization-server",
      title: "Limits and their use can be seen in the sandbox and equal production's",
      sources: ["House decision"],
    },
  ],
};
