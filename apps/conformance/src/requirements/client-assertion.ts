import type { RequirementSection } from "./requirement.ts";

/** Requirements JWT-01 and following. */
export const clientAssertionRequirements: RequirementSection = {
  title: "Client assertions (private_key_jwt)",
  requirements: [
    {
      id: "JWT-01",
      strength: "must",
      since: "authorization-server",
      title: "One assertion with the exact type; `client_id`, if present, equals its subject",
      sources: ["RFC 7521 section 4.2", "RFC 7523 section 2.2"],
    },
    {
      id: "JWT-02",
      strength: "must",
      since: "authorization-server",
      title:
        "Issuer and subject are the client, audience is this server, expiry and signature are checked",
      sources: ["RFC 7523 section 3", "RFC 7523 section 3.2"],
    },
    {
      id: "JWT-03",
      strength: "profile",
      since: "authorization-server",
      title: "The audience is the issuer as one string; an endpoint's URL is refused",
      sources: ["FAPI 2.0 Security Profile section 5.3.2.1"],
    },
    {
      id: "JWT-04",
      strength: "recommended",
      since: "authorization-server",
      title: "`jti` is required and single-use per client until expiry, atomically on all nodes",
      sources: ["House decision"],
    },
    {
      id: "JWT-05",
      strength: "profile",
      since: "authorization-server",
      title: "A clock up to 10 s ahead is accepted, over 60 s refused; the lifetime is capped",
      sources: ["FAPI 2.0 Security Profile section 5.3.2.1"],
    },
    {
      id: "JWT-06",
      strength: "profile",
      since: "authorization-server",
      title: "PS256, ES256 and Ed25519 only, with RSA keys of at least 2048 bits",
      sources: ["FAPI 2.0 Security Profile section 5.4.1"],
    },
  ],
};
