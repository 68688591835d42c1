import type { z } from "zod";

import { createConfigurationJsonSchema } from "./configuration-json-schema.ts";
import { locate } from "./parse-configuration-text.ts";
import type { SchemaProblem } from "./schema-problems.ts";
import { plainRule, remedyFor, schemaProblems } from "./schema-problems.ts";

const maxProblems = 10;

/** Says what is wrong with a configuration file: one line, or a heading and a line for each problem. */
export async function describeProblems(
  issues: readonly z.core.$ZodIssue[],
  file: { readonly text: string; readonly path: string; readonly value: unknown },
): Promise<string> {
  const schema = createConfigurationJsonSchema();
  const problems = schemaProblems(issues, { schema, value: file.value });
  const lines = await Promise.all(
    problems
      .slice(0, maxProblems)
      .map(async (problem) => `${await locate(file, problem.path)} ${ruleOf(problem)}`),
  );
  if (problems.length === 1) return lines.join("");
  const more = problems.length - lines.length;
  return [
    `${file.path} has ${problems.length} mistakes:`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join("\n  ");
}

function ruleOf(problem: SchemaProblem): string {
  if (problem.kind === "unknown") {
    const where = formatPath(problem.path.slice(0, -1));
    const key = String(problem.path.at(-1));
    return `has an unknown option ${key}${where && ` in ${where}`}: ${remedyFor(problem.similar)}`;
  }
  return `is wrong at ${formatPath(problem.path) || "the top level"}: ${plainRule(problem.message)}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
