/**
 * The schema of a file of vectors: the one that Wycheproof uses for its JSON web signature tests.
 *
 * @see {@link https://github.com/C2SP/wycheproof/blob/main/schemas/json_web_signature_schema_v1.json}
 * @module
 */

import { notes } from "./vector-notes.ts";

/** A key as it is published, or the private key of one. */
export type TestJwk = Readonly<Record<string, string | readonly string[]>> & {
  readonly kty: string;
};

/** `acceptable`: an RFC allows to accept the token, and it is safer not to. */
export type Verdict = "valid" | "invalid" | "acceptable";

export interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly jws: string;
  readonly result: Verdict;
  readonly flags: readonly string[];
}

export interface VectorGroup<Test = Vector> {
  readonly type: "JsonWebSignature";
  readonly source: { readonly name: string; readonly version: string };
  readonly comment: string;
  readonly private: TestJwk;
  readonly public: TestJwk;
  readonly tests: readonly Test[];
}

/** What a flag stands for. */
export interface VectorNote {
  readonly bugType: "KNOWN_BUG" | "MISSING_STEP";
  readonly description: string;
  readonly cves?: readonly string[];
}

export interface VectorFile {
  readonly numberOfTests: number;
  readonly header: readonly string[];
  readonly notes: Readonly<Record<string, VectorNote>>;
  readonly schema: "json_web_signature_schema_v1.json";
  readonly testGroups: readonly VectorGroup[];
}

/** One test before it has a number: `[comment, jws, flags, result]`; invalid unless it says so. */
export type Case = readonly [
  comment: string,
  jws: string,
  flags: string,
  result?: Verdict | undefined,
];

export interface CaseGroup {
  readonly comment: string;
  readonly private: TestJwk;
  readonly public: TestJwk;
  readonly cases: readonly Case[];
}

/** Numbers the cases, and explains the flags that they carry. */
export function formatVectorFile(header: readonly string[], groups: readonly CaseGroup[]): string {
  let tcId = 0;
  const testGroups = groups.map(({ cases, comment, ...keys }): VectorGroup => {
    const tests = cases.map(([title, jws, flags, result = "invalid"]): Vector => {
      tcId += 1;
      return { tcId, comment: title, jws, result, flags: flags === "" ? [] : flags.split(" ") };
    });
    const source = { name: "credicorp/partner-oauth", version: "1" };
    return { type: "JsonWebSignature", source, comment, ...keys, tests };
  });
  const flags = new Set(testGroups.flatMap(({ tests }) => tests.flatMap((test) => test.flags)));
  const file: VectorFile = {
    numberOfTests: tcId,
    header,
    notes: Object.fromEntries(
      [...flags].toSorted().map((flag) => [flag, formatNote(notes[flag] ?? "")]),
    ),
    schema: "json_web_signature_schema_v1.json",
    testGroups,
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function formatNote(text: string): VectorNote {
  const cves = text.match(/CVE-\d+-\d+/g);
  const description = text.replace(/\. CVE-.*$/, "");
  return cves === null
    ? { bugType: "MISSING_STEP", description }
    : { bugType: "KNOWN_BUG", description, cves };
}
