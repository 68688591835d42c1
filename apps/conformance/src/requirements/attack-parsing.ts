import type { RequirementSection } from "./requirement.ts";
import { attack } from "./attack.ts";

/** Attacks ATK-19 to ATK-36. */
export const parsingAttacks: RequirementSection = {
  title: "Attacks: parsing, header and claims",
  requirements: [
    attack("ATK-19", "Base64url that is padded, not canonical, or holds foreign characters"),
    attack("ATK-20", "Too few or too many segments, up to millions of dots"),
    attack("ATK-21", "JSON serialisation, and texts that are two formats at once"),
    attack("ATK-22", "Duplicate members"),
    attack("ATK-23", "Byte order marks, invalid UTF-8, other encodings, lone surrogates"),
    attack("ATK-24", "Deep nesting, huge tokens, many claims, huge numbers"),
    attack("ATK-25", "Claims named like members of a prototype"),
    attack("ATK-26", "An encrypted token, or one kind of token wrapped in another"),
    attack("ATK-27", "Decompression and key-derivation bombs"),
    attack("ATK-28", "Critical header parameters, unknown or malformed"),
    attack("ATK-29", "An unencoded payload, declared critical or not"),
    attack("ATK-30", "A `typ` that is missing, of another token kind, or spelled differently"),
    attack("ATK-31", "Times of the wrong type, infinite, negative, or in milliseconds"),
    attack("ATK-32", "An issuer that is a list, a prefix, a look-alike or a near miss"),
    attack("ATK-33", "An audience that is missing, empty, nested or not ours"),
    attack("ATK-34", "Regular expressions as options"),
    attack("ATK-35", "Scopes by substring, odd spacing, other case, other claim, prototype names"),
    attack("ATK-36", "An empty option that switches a check off"),
  ],
};
