import type { RequirementSection } from "./requirement.ts";

/** Requirements MTLS-01 and following. */
export const mutualTlsRequirements: RequirementSection = {
  title: "Mutual TLS",
  requirements: [
    {
      id: "MTLS-01",
      strength: "must",
      since: "authorization-server",
      title:
        "The certificate matches the registered subject or a registered key of the named client",
      sources: ["RFC 8705 section 2", "RFC 8705 section 2.1", "RFC 8705 section 2.2"],
    },
    {
      id: "MTLS-02",
      strength: "must",
      since: "authorization-server",
      title: "The token and its introspection carry the certificate's thumbprint",
      sources: ["RFC 8705 section 3.1", "RFC 8705 section 3.2"],
    },
  ],
};
