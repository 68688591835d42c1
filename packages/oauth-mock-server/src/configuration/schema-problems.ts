import { isJsonObject } from "@credicorp/oauth-core/protocol";
import type { z } from "zod";

import { findSimilarName } from "../spelling/similar-name.ts";
import type { JsonSchema } from "./configuration-json-schema.ts";
import { knownMembers } from "./configuration-json-schema.ts";

/** What is wrong with a value that a schema refused: a member that nobody knows, or what stands at a place. */
export type SchemaProblem =
  | {
      readonly kind: "unknown";

      /** With the member itself. */
      readonly path: readonly PropertyKey[];

      /** What it was probably meant to be called. */
      readonly similar: string | undefined;
    }
  | { readonly kind: "wrong"; readonly path: readonly PropertyKey[]; readonly message: string };

type Unknown = Extract<SchemaProblem, { readonly kind: "unknown" }>;

/** Finds the problems behind the issues of a schema; a required member that is misspelt is one of them, and not two. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  { schema, value }: { readonly schema: JsonSchema; readonly value: unknown },
): readonly SchemaProblem[] {
  const problems = issues.flatMap((issue) => problemsOf(issue, schema));
  const unknown = problems.filter((problem) => problem.kind === "unknown");
  return problems.filter(
    ({ kind, path }) => kind === "unknown" || isThere(value, path) || !isMeant(path, unknown),
  );
}

/** Returns the rule that a message of the schemas tells, without the words that go before it. */
export function plainRule(message: string): string {
  const rule = message
    .replace(/^Invalid (?:input|option)(?:: |$)/, "")
    .replace(/^Invalid discriminator value\. Expected /, "expected one of ")
    .replace(/[\r\n]+/g, " ");
  return rule === "" ? "is not one of those that there are" : rule;
}

/** Says what to do about a member that nobody knows. */
export function remedyFor(similar: string | undefined): string {
  return similar === undefined
    ? "remove it, or correct its spelling"
    : `write ${similar}, if that is meant`;
}

function problemsOf(issue: z.core.$ZodIssue, schema: JsonSchema): readonly SchemaProblem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ kind: "wrong", path: issue.path, message: issue.message }];
  }
  const known = knownMembers(schema, issue.path);
  return issue.keys.map((key) => ({
    kind: "unknown",
    path: [...issue.path, key],
    similar: findSimilarName(key, known),
  }));
}

function isThere(value: unknown, [first, ...rest]: readonly PropertyKey[]): boolean {
  if (first === undefined) return true;
  if (Array.isArray(value)) return isThere(value[Number(first)], rest);
  return isJsonObject(value) && Object.hasOwn(value, first) && isThere(value[String(first)], rest);
}

function isMeant(missing: readonly PropertyKey[], unknown: readonly Unknown[]): boolean {
  return unknown.some(
    ({ path, similar }) =>
      similar !== undefined &&
      path.length === missing.length &&
      [...path.slice(0, -1), similar].every((part, index) => part === missing[index]),
  );
}
