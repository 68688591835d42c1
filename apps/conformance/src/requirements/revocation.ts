import type { RequirementSection } from "./requirement.ts";

/** Requirements REV-01 and following. */
export const revocationRequirements: RequirementSection = {
  title: "Revocation",
  requirements: [
    {
      id: "REV-01",
      strength: "must",
      since: "flow",
      title: "POST form; the client authenticates before the token is looked at",
      sources: ["RFC 7009 section 2.1"],
    },
    {
      id: "REV-02",
      strength: "must",
      since: "flow",
      title: "200 for a revoked token and for one that is unknown or invalid",
      sources: ["RFC 7009 section 2.2"],
    },
    {
      id: "REV-03",
      strength: "must",
      since: "flow",
      title: "A token type hint that is unknown or wrong changes nothing",
      sources: ["RFC 7009 section 2.2"],
    },
    {
      id: "REV-04",
      strength: "must",
      since: "flow",
      title: "Another client's token stays alive; the answer does not tell, the audit trail does",
      sources: ["RFC 7009 section 2.1"],
    },
    {
      id: "REV-05",
      strength: "must",
      since: "flow",
      title: "Revocation holds at once; the delay elsewhere is small and stated",
      sources: ["RFC 7009 section 2.1"],
    },
    {
      id: "REV-06",
      strength: "should",
      since: "flow",
      title: "Access tokens can be revoked",
      sources: ["RFC 7009 section 2"],
    },
    {
      id: "REV-07",
      strength: "recommended",
      since: "authorization-server",
      title: "503 with `Retry-After` means that the token is still alive",
      sources: ["RFC 7009 section 2.2.1"],
    },
    {
      id: "REV-08",
      strength: "recommended",
      since: "authorization-server",
      title: "An expired token gets 200",
      sources: ["House decision"],
    },
    {
      id: "REV-09",
      strength: "recommended",
      since: "authorization-server",
      title: "Revoking twice, or at the same time, is harmless",
      sources: ["House decision"],
    },
  ],
};
