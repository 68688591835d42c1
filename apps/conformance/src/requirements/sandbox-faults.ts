import type { RequirementSection } from "./requirement.ts";
import { sandboxAbility } from "./sandbox-ability.ts";

/** Requirements FLT-01 and following. */
export const sandboxFaultRequirements: RequirementSection = {
  title: "Faults and scenarios of the sandbox",
  requirements: [
    sandboxAbility(
      "FLT-01",
      "Each fault is seen over a socket as it is without a port, counted, and ends",
    ),
    sandboxAbility(
      "FLT-02",
      "A broken connection is broken: RST, FIN without a byte, a body that ends early",
    ),
    sandboxAbility("FLT-03", "A faulty token is wrong in the named thing, and good in all else"),
    sandboxAbility(
      "FLT-04",
      "A rule acts by endpoint, client, scope, probability, count and time of the sandbox's clock",
    ),
    sandboxAbility(
      "FLT-05",
      "A rule with an unknown, missing or wrong member is refused by its name",
    ),
    sandboxAbility(
      "FLT-06",
      "The same seed and the same requests give the same sequence of faults",
    ),
    sandboxAbility(
      "FLT-07",
      "With a seed and Ed25519 the same requests give the same tokens, byte for byte",
    ),
    sandboxAbility(
      "FLT-08",
      "Keys come of a seed only where there is one, and their tokens say so",
    ),
    sandboxAbility(
      "FLT-09",
      "Each ready-made scenario is one call, and ends by the sandbox's clock or by `end`",
    ),
    sandboxAbility("FLT-10", "Our client survives every fault, or explains it with a typed error"),
    sandboxAbility(
      "FLT-11",
      "A reset of a sandbox with a seed begins the same run again, in a namespace too",
    ),
    sandboxAbility(
      "FLT-12",
      "No seed foretells what opens something: request ids and admin tokens stay random",
    ),
  ],
};
