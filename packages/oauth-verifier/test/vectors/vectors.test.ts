import { readdirSync, readFileSync } from "node:fs";

import { signatureAlgorithms } from "@credicorp/oauth-core/jwt";
import * as node from "@credicorp/oauth-runtime";
import * as portable from "@credicorp/oauth-runtime/portable";
import type { Outcome, Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import type { TestJwk, Vector, VectorFile } from "./vector-file.ts";
import { notes } from "./vector-notes.ts";
import { vectorFiles } from "./vector-files.ts";
import { vectorFolder, vectorSigner } from "./vector-signer.ts";

const engines = [
  { engine: "node", ports: node },
  { engine: "portable", ports: portable },
];
const files = readdirSync(vectorFolder).map((name) => {
  const text = readFileSync(new URL(name, vectorFolder), "utf8");
  return { name, text, content: JSON.parse(text) as VectorFile };
});
const groups = files.flatMap(({ content }) => content.testGroups);

// A set without a usable key is an outage; another one, of another kind, makes it a set that lacks the right key.
function unrelatedTo({ kty }: TestJwk): TestJwk {
  const name = kty === "OKP" ? "attackerES512" : "attackerEd25519";
  return { ...vectorSigner(name).publicJwk, kid: "unrelated" };
}

function createGroupVerifier(key: TestJwk, ports: (typeof engines)[number]["ports"]): Verifier {
  const body = ports.bytes.encodeUtf8(JSON.stringify({ keys: [key, unrelatedTo(key)] }));
  return createVerifier({
    issuer: "https://as.example",
    audience: "https://api.example",
    jwksUri: "https://as.example/jwks",
    algorithms: signatureAlgorithms,
    ports: {
      bytes: ports.bytes,
      signatureEngine: ports.signatureEngine,
      clock: createControlledClock(1_800_000_000),
      transport: async () => ({ ok: true, value: { status: 200, headers: [], body } }),
    },
  });
}

function isRight({ result }: Vector, outcome: Outcome): boolean {
  // What an RFC would let pass is refused here.
  return outcome.kind === (result === "valid" ? "ok" : "rejected");
}

async function wrongVerdicts(
  ports: (typeof engines)[number]["ports"],
  isWanted: (test: Vector) => boolean,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { comment, public: key, tests } of groups) {
    const verifier = createGroupVerifier(key, ports);
    for (const test of tests.filter(isWanted)) {
      const outcome = await verifier.verifyToken(test.jws);
      const verdict = outcome.kind === "ok" ? "ok" : `${outcome.kind} ${outcome.detail.code}`;
      if (!isRight(test, outcome)) wrong.push(`${comment}: ${test.comment}: ${verdict}`);
    }
  }
  return wrong;
}

describe("published vectors", () => {
  it("are those that are made here, and no others", () => {
    expect(files.map(({ name }) => name)).toEqual(Object.keys(vectorFiles).toSorted());
  });

  it.each(Object.entries(vectorFiles))("are as they are made: %s", async (name, make) => {
    await expect(make()).toMatchFileSnapshot(new URL(name, vectorFolder).pathname);
  });

  it("have the members of the schema, and flags that are explained", () => {
    for (const { content } of files) {
      const tests = content.testGroups.flatMap((group) => group.tests);
      expect(content.numberOfTests).toBe(tests.length);
      expect(tests.map(({ tcId }) => tcId)).toEqual(tests.map((_, index) => index + 1));
      expect(Object.keys(content).toSorted()).toEqual([
        "header",
        "notes",
        "numberOfTests",
        "schema",
        "testGroups",
      ]);
      for (const test of tests) {
        expect(Object.keys(test).toSorted()).toEqual(["comment", "flags", "jws", "result", "tcId"]);
        expect(test.flags.filter((flag) => !content.notes[flag])).toEqual([]);
      }
    }
  });

  it("have tests that must be accepted in each file but that of bad keys", () => {
    for (const { name, content } of files) {
      const results = content.testGroups.flatMap(({ tests }) => tests.map(({ result }) => result));
      expect(results.includes("valid")).toBe(name !== "key-fitness.json");
    }
  });

  describe.each(engines)("with the engine $engine", ({ ports }) => {
    it.each(Object.keys(notes))("%s gets no wrong verdict", async (flag) => {
      expect(groups.some(({ tests }) => tests.some(({ flags }) => flags.includes(flag)))).toBe(
        true,
      );
      expect(await wrongVerdicts(ports, ({ flags }) => flags.includes(flag))).toEqual([]);
    });

    it("what has no flag gets no wrong verdict", async () => {
      expect(await wrongVerdicts(ports, ({ flags }) => flags.length === 0)).toEqual([]);
    });
  });
});
