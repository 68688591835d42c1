import type { RequirementSection } from "./requirement.ts";
import { attack } from "./attack.ts";

/** Attacks ATK-37 to ATK-52. */
export const trafficAttacks: RequirementSection = {
  title: "Attacks: caches, HTTP, proof of possession, introspection",
  requirements: [
    attack("ATK-37", "Two tokens that meet in one cache key"),
    attack("ATK-38", "A cached payload that a caller can change"),
    attack("ATK-39", "A cached verdict that outlives expiry, key, policy or audience"),
    attack("ATK-40", "A remembered failure that locks good tokens out"),
    attack("ATK-41", "A flood of garbage that fills the cache"),
    attack(
      "ATK-42",
      "Authorization headers that are repeated, joined, oddly spaced, or one of two tokens",
    ),
    attack("ATK-43", "Header injection through a description or scope"),
    attack("ATK-44", "Internal error text in a challenge"),
    attack("ATK-45", "An oracle: answers that tell unknown key, bad signature and expiry apart"),
    attack("ATK-46", "Method override, and HEAD or OPTIONS as a way round"),
    attack("ATK-47", "A replayed proof, a flood of proofs, a replay store that is down"),
    attack("ATK-48", "A bound token used as a plain Bearer token"),
    attack(
      "ATK-49",
      "Proof URL and method that differ by host header, case, port, encoding or query",
    ),
    attack(
      "ATK-50",
      "A proof for another token or key, with a private or symmetric key, doubled, or out of time",
    ),
    attack("ATK-51", "A certificate thumbprint of the wrong encoding, or a spoofed proxy header"),
    attack(
      "ATK-52",
      "Odd introspection answers: wrong types, HTML, 401, expired yet active, another token's, too old",
    ),
  ],
};
