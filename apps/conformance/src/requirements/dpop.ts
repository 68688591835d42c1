import type { RequirementSection } from "./requirement.ts";

/** Requirements DPOP-01 and following. */
export const dpopRequirements: RequirementSection = {
  title: "Proof of possession (DPoP)",
  requirements: [
    {
      id: "DPOP-01",
      strength: "must",
      since: "authorization-server",
      title: "Exactly one proof: right type, asymmetric algorithm, public key, all required claims",
      sources: ["RFC 9449 section 4.2", "RFC 9449 section 4.3"],
    },
    {
      id: "DPOP-02",
      strength: "must",
      since: "authorization-server",
      title: "Method and URL match after normalisation, without query and fragment",
      sources: ["RFC 9449 section 4.3"],
    },
    {
      id: "DPOP-03",
      strength: "must",
      since: "authorization-server",
      title: "A bad proof, and a missing nonce, have their own 400; one nonce header, uncacheable",
      sources: ["RFC 9449 section 5", "RFC 9449 section 8", "RFC 9449 section 8.2"],
    },
    {
      id: "DPOP-04",
      strength: "must",
      since: "authorization-server",
      title: "Type `DPoP` is answered; token and introspection carry the key's thumbprint",
      sources: ["RFC 9449 section 5", "RFC 9449 section 6.1", "RFC 9449 section 6.2"],
    },
    {
      id: "DPOP-05",
      strength: "should",
      since: "authorization-server",
      title:
        "A replayed proof is refused for the whole window; 10 s of skew pass, an hour does not",
      sources: ["RFC 9449 section 11.1"],
    },
    {
      id: "DPOP-06",
      strength: "must",
      since: "authorization-server",
      title: "Once a nonce was handed out, proofs without one are refused",
      sources: ["RFC 9449 section 11.3"],
    },
  ],
};
