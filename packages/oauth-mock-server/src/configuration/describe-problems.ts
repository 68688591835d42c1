import type { z } from "zod";

import { findSimilarName } from "../spelling/similar-name.ts";
import type { JsonSchema } from "./configuration-json-schema.ts";
import { createConfigurationJsonSchema, knownMembers } from "./configuration-json-schema.ts";
import { locate } from "./parse-configuration-text.ts";

const maxProblems = 10;

/** Says what is wrong with a configuration file: one line, or a heading and a line for each problem. */
export async function describeProblems(
  issues: readonly z.core.$ZodIssue[],
  file: { readonly text: string; readonly path: string },
): Promise<string> {
  const schema = createConfigurationJsonSchema();
  const problems = issues.flatMap((issue) => problemsOf(issue, schema));
  const lines = await Promise.all(
    problems
      .slice(0, maxProblems)
      .map(async ({ path, rule }) => `${await locate(file, path)} ${rule}`),
  );
  if (problems.length === 1) return lines.join("");
  const more = problems.length - lines.length;
  return [
    `${file.path} has ${problems.length} mistakes:`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join("\n  ");
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly rule: string;
}

function problemsOf(issue: z.core.$ZodIssue, schema: JsonSchema): readonly Problem[] {
  const place = formatPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const where = place === "" ? "" : ` in ${place}`;
    const known = knownMembers(schema, issue.path);
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      rule: `has an unknown option ${key}${where}: ${remedyFor(key, known)}`,
    }));
  }
  const rule = issue.message.replace(/^Invalid input: /, "").replace(/[\r\n]+/g, " ");
  return [{ path: issue.path, rule: `is wrong at ${place || "the top level"}: ${rule}` }];
}

function remedyFor(key: string, known: readonly string[]): string {
  const similar = findSimilarName(key, known);
  return similar === undefined
    ? "remove it, or correct its spelling"
    : `write ${similar}, if that is meant`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
