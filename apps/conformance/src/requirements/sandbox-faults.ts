import type { Requirement, RequirementSection } from "./requirement.ts";

/** Requirements FLT-01 and following. */
export const sandboxFaultRequirements: RequirementSection = {
  title: "Faults and scenarios of the sandbox",
  requirements: [
    fault("FLT-01", "Each fault is seen over a socket as it is without a port, counted, and ends"),
    fault(
      "FLT-02",
      "A broken connection is broken: RST, FIN without a byte, a body that ends early",
    ),
    fault("FLT-03", "A faulty token is wrong in the named thing, and good in all else"),
    fault(
      "FLT-04",
      "A rule acts by endpoint, client, scope, probability, count and time of the sandbox's clock",
    ),
    fault("FLT-05", "A rule with an unknown, missing or wrong member is refused by its name"),
    fault("FLT-06", "The same seed and the same requests give the same sequence of faults"),
    fault(
      "FLT-07",
      "With a seed and Ed25519 the same requests give the same tokens, byte for byte",
    ),
    fault("FLT-08", "Keys come of a seed only where there is one, and their tokens say so"),
    fault(
      "FLT-09",
      "Each ready-made scenario is one call, and ends by the sandbox's clock or by `end`",
    ),
    fault("FLT-10", "Our client survives every fault, or explains it with a typed error"),
  ],
};

function fault(id: string, title: string): Requirement {
  return {
    id,
    strength: "recommended",
    since: "authorization-server",
    title,
    sources: ["House decision"],
  };
}
