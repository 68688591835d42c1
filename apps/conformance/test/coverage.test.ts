import type { Requirement, RequirementSection } from "@credicorp/conformance";
import { findCoverage, listUntested } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

function requirement(id: string): Requirement {
  return { id, strength: "must", since: "flow", title: `Title of ${id}`, sources: [] };
}

const catalogue: readonly RequirementSection[] = [
  { title: "Token", requirements: ["TOK-01", "TOK-02"].map(requirement) },
  { title: "Keys", requirements: ["JWK-01"].map(requirement) },
];

const first = { file: "a.test.ts", titles: ["TOK-01 does one thing"] };
const second = { file: "b.test.ts", titles: ["TOK-01 JWK-01 does two things"] };

describe("findCoverage", () => {
  it("lists each test under every id of its title", () => {
    const { testsOf } = findCoverage(catalogue, [first, second]);

    expect(testsOf.get("TOK-01")).toEqual([
      { file: "a.test.ts", sentence: "does one thing" },
      { file: "b.test.ts", sentence: "does two things" },
    ]);
    expect(testsOf.get("JWK-01")).toEqual([{ file: "b.test.ts", sentence: "does two things" }]);
  });

  it("counts the ids of the groups around a test", () => {
    const { testsOf } = findCoverage(catalogue, [
      { file: "a.test.ts", titles: ["TOK-02 in a group", "accepts one", "TOK-01 does it"] },
    ]);

    expect(testsOf.get("TOK-01")).toEqual([{ file: "a.test.ts", sentence: "does it" }]);
    expect(testsOf.get("TOK-02")).toEqual([{ file: "a.test.ts", sentence: "does it" }]);
  });

  it("gives the same for any order of the tests, and for repeated titles", () => {
    const forwards = findCoverage(catalogue, [first, second]);
    const backwards = findCoverage(catalogue, [second, first, second]);

    expect([...backwards.testsOf]).toEqual([...forwards.testsOf]);
  });

  it("reports an id that does not exist, once for each title", () => {
    const mistaken = { file: "a.test.ts", titles: ["TOK-1 has one digit"] };

    const { unknownIds } = findCoverage(catalogue, [mistaken, mistaken, first]);

    expect(unknownIds).toEqual([{ id: "TOK-1", file: "a.test.ts", title: "TOK-1 has one digit" }]);
  });

  it("takes no other name for an id", () => {
    const other = { file: "a.test.ts", titles: ["UTF-8 is decoded"] };

    expect(findCoverage(catalogue, [other]).unknownIds).toEqual([]);
  });
});

describe("listUntested", () => {
  it("lists what no test carries, in the order of the catalogue", () => {
    const untested = listUntested(catalogue, findCoverage(catalogue, [first]));

    expect(untested.map(({ id }) => id)).toEqual(["TOK-02", "JWK-01"]);
  });
});
