import type { Capability } from "../capabilities.ts";

/**
 * How binding a requirement is.
 *
 * `must` and `should` are those of its source, `recommended` is ours, `profile` holds under the
 * FAPI 2.0 profile only; an `attack` must fail, and a `pitfall` must be avoided.
 */
export type Strength = "must" | "should" | "recommended" | "profile" | "attack" | "pitfall";

/** One thing that a test can prove. */
export interface Requirement {
  /** Stands at the start of the titles of the tests that prove it, such as `TOK-12`. */
  readonly id: string;

  readonly strength: Strength;

  /** The capability that it belongs to: it is due once that capability is delivered. */
  readonly since: Capability;

  /** One line in our own words; Markdown. */
  readonly title: string;

  /** Where it comes from, such as `RFC 6749 section 5.1`. */
  readonly sources: readonly string[];
}

/** Requirements that are read together. */
export interface RequirementSection {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}
