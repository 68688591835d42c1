import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import type { Place } from "../src/runtimes/place.ts";
import { serveInMemory } from "../src/runtimes/place.ts";
import { portableStory } from "../src/runtimes/portable-story.ts";
import { sandboxStory } from "../src/runtimes/sandbox-story.ts";
import { tellSteps } from "../src/runtimes/telling.ts";

describe("the story that every runtime tells", () => {
  it("holds from the sources, too", async () => {
    await using sandbox = await createSandbox();
    const place: Place = {
      issuer: sandbox.issuer,
      fetch: sandbox.fetch,
      serve: serveInMemory,
      clientOf: (id) => defaultClients.find((client) => client.id === id) ?? { id },
    };

    const findings = await tellSteps([...portableStory(place), ...sandboxStory(sandbox, place)]);

    expect(findings.filter(({ found }) => found !== undefined)).toEqual([]);
    expect(findings.length).toBeGreaterThan(20);
  });

  it("says what was found where a fact does not hold, and goes on after a step that fails", async () => {
    const findings = await tellSteps([
      { name: "one", tell: async (state) => state("is two", 1, 2) },
      { name: "two", tell: () => Promise.reject(new Error("out of order")) },
      { name: "three", tell: async () => undefined },
      { name: "four", tell: async (state) => state("is so", [1, "a"], [1, "a"]) },
    ]);

    expect(findings).toEqual([
      { step: "one", text: "is two", found: "1" },
      { step: "two", text: "comes to its end", found: "Error: out of order" },
      { step: "three", text: "states something", found: '"nothing"' },
      { step: "four", text: "is so", found: undefined },
    ]);
  });
});
