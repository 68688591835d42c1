import type { RequirementSection } from "./requirement.ts";

/** Requirements JWK-01 and following. */
export const keySetRequirements: RequirementSection = {
  title: "Published keys",
  requirements: [
    {
      id: "JWK-01",
      strength: "must",
      since: "flow",
      title: "`keys` is an array of public members only",
      sources: ["RFC 7517 section 5"],
    },
    {
      id: "JWK-02",
      strength: "should",
      since: "flow",
      title: "Each key has a distinct `kid`, its thumbprint",
      sources: ["RFC 7517 section 4.5", "RFC 7638 section 3"],
    },
    {
      id: "JWK-03",
      strength: "must",
      since: "flow",
      title: "Each key is bound to signing and to one algorithm; RSA has at least 2048 bits",
      sources: ["RFC 7517 section 4.2", "RFC 7518 section 3.3"],
    },
    {
      id: "JWK-04",
      strength: "recommended",
      since: "authorization-server",
      title:
        "A key is announced before use, kept as long as its tokens live, its `kid` never reused",
      sources: ["House decision"],
    },
    {
      id: "JWK-05",
      strength: "recommended",
      since: "authorization-server",
      title: "The set can be cached for no longer than the announcement, and revalidated",
      sources: ["House decision"],
    },
    {
      id: "JWK-06",
      strength: "recommended",
      since: "authorization-server",
      title: "Every node shows a new key before any node signs with it",
      sources: ["House decision"],
    },
  ],
};
