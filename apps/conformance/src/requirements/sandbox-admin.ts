import type { RequirementSection } from "./requirement.ts";
import { sandboxAbility } from "./sandbox-ability.ts";

/** Requirements ADM-01 and following, NSP-01 and following, SAFE-01 and following. */
export const sandboxAdminRequirements: RequirementSection = {
  title: "Admin API, namespaces and safety of the sandbox",
  requirements: [
    sandboxAbility(
      "ADM-01",
      "Every call needs the admin token, which is random, or given and not short",
    ),
    sandboxAbility(
      "ADM-02",
      "Every operation answers as the OpenAPI document says, over a socket or not",
    ),
    sandboxAbility("ADM-03", "A refusal names the member and the rule, and repeats no value"),
    sandboxAbility("ADM-04", "It is beneath its prefix or on its own port, and in no metadata"),
    sandboxAbility("ADM-05", "What a test does in the process can be done from any language"),
    sandboxAbility("ADM-06", "No input makes it fail"),
    sandboxAbility(
      "ADM-07",
      "Metrics are in the text format of Prometheus, and never count backwards",
    ),
    sandboxAbility("ADM-08", "`healthz` and `readyz` are open, true, and tell no details"),
    sandboxAbility(
      "NSP-01",
      "A namespace has an issuer, endpoints and metadata of its own (RFC 8414)",
    ),
    sandboxAbility("NSP-02", "Nothing of one namespace is seen in another"),
    sandboxAbility("NSP-03", "A namespace is administered by its own token or that of the sandbox"),
    sandboxAbility("NSP-04", "Namespaces are bounded in number, and end when nobody uses them"),
    sandboxAbility("NSP-05", "A namespace is found by its exact name and no other"),
    sandboxAbility("NSP-06", "Pages, explanations and proofs of a namespace are for its own paths"),
    sandboxAbility(
      "NSP-07",
      "Another configuration reaches the sandbox and its namespaces at once, or none of them",
    ),
    sandboxAbility("SAFE-01", "It refuses to start where `NODE_ENV` is `production`"),
    sandboxAbility(
      "SAFE-02",
      "It listens on loopback only, unless the network is allowed in so many words",
    ),
    sandboxAbility(
      "SAFE-03",
      "A request for a host that is not its own is refused (DNS rebinding)",
    ),
    sandboxAbility("SAFE-04", "A page of another site gets metadata and JWKS, and nothing else"),
    sandboxAbility("SAFE-05", "No URL that came over the admin API is fetched"),
    sandboxAbility("SAFE-06", "Every answer says that it is of a sandbox"),
  ],
};
