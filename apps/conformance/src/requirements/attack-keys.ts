import type { RequirementSection } from "./requirement.ts";
import { attack } from "./attack.ts";

/** Attacks ATK-01 to ATK-18. */
export const keyAttacks: RequirementSection = {
  title: "Attacks: algorithms, signatures and keys",
  requirements: [
    attack("ATK-01", "`none` in any spelling, and an empty signature"),
    attack("ATK-02", "A public key used as an HMAC secret"),
    attack("ATK-03", "The header's algorithm decides for a key that names none"),
    attack("ATK-04", "An empty or missing HMAC secret"),
    attack(
      "ATK-05",
      "The wrong curve, padding or hash for the key; keys for encryption, symmetric or private ones",
    ),
    attack("ATK-06", "Small RSA, exponent one, weak moduli, points off the curve"),
    attack("ATK-07", "ECDSA signatures of zero, of the group order, over-long or padded"),
    attack("ATK-08", "A DER signature where the raw form belongs"),
    attack("ATK-09", "The high-S twin: a good signature, which must not defeat replay checks"),
    attack("ATK-10", "Forged PKCS#1 v1.5 padding"),
    attack("ATK-11", "A key inside the token's own header"),
    attack("ATK-12", "Header links to keys or certificates: ignored, and nothing is fetched"),
    attack(
      "ATK-13",
      "A hostile `kid`: traversal, prototype names, wrong types, a megabyte, look-alikes",
    ),
    attack("ATK-14", "An issuer claim that steers where keys are fetched from"),
    attack("ATK-15", "A token of one issuer signed with another issuer's key of the same `kid`"),
    attack("ATK-16", "A removed key that is still trusted"),
    attack("ATK-17", "The same `kid` with new key material"),
    attack(
      "ATK-18",
      "A hostile key set: redirects, not JSON, huge, slow, empty, duplicates, one broken key",
    ),
  ],
};
