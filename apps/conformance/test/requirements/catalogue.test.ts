import type { Requirement } from "@credicorp/conformance";
import { requirementCatalogue } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

const requirements = requirementCatalogue.flatMap((section) => section.requirements);

/** How many requirements each part of the protocol checklist, of our own and of the two catalogues has. */
const counts = {
  HTTP: 11,
  TOK: 24,
  AUTH: 11,
  JWT: 6,
  MTLS: 2,
  DPOP: 6,
  AT: 9,
  INT: 13,
  REV: 9,
  MD: 13,
  JWK: 6,
  RL: 6,
  RS: 7,
  FLT: 12,
  RMD: 4,
  CLM: 6,
  ADM: 8,
  NSP: 7,
  SAFE: 6,
  TST: 8,
  CMD: 10,
  CLI: 35,
  ATK: 52,
};

function isBinding({ strength }: Requirement): boolean {
  return strength === "must" || strength === "should";
}

describe("requirementCatalogue", () => {
  it("has every id from 01 on, once and in order", () => {
    const expected = Object.entries(counts).flatMap(([prefix, count]) =>
      Array.from(
        { length: count },
        (_, index) => `${prefix}-${String(index + 1).padStart(2, "0")}`,
      ),
    );

    expect(requirements.map(({ id }) => id)).toEqual(expected);
  });

  it("has titles of one line that a table can hold, and a source for each", () => {
    for (const { id, title, sources } of requirements) {
      expect(title, id).toMatch(/^[^\n|]{10,100}$/);
      expect(title, id).not.toMatch(/[.\s]$/);
      expect(sources.length, id).toBeGreaterThan(0);
    }
  });

  it("has the secret's whole authentication due with the flow", () => {
    const authentication = requirements.filter(({ id }) => id.startsWith("AUTH-"));

    expect(authentication.map(({ since }) => since)).toEqual(Array(11).fill("flow"));
  });

  it("has due with the flow what is a must or should of the endpoints, and nothing else", () => {
    const endpoints = /^(?:HTTP|TOK|AT|INT|REV|MD|JWK|RL)-/;
    // Signing algorithms of assertions, and the members for DPoP and mutual TLS.
    const later = new Set(["MD-08", "MD-11"]);

    const expected = requirements
      .filter(({ id }) => endpoints.test(id))
      .filter((requirement) => isBinding(requirement) && !later.has(requirement.id));
    const actual = requirements.filter(
      ({ id, since }) => since === "flow" && !id.startsWith("AUTH"),
    );

    expect(actual.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });
});
