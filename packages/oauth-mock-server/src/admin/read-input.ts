/**
 * From a request to what a route is given; whatever is wrong is named by its member.
 *
 * @module
 */

import type { ServerRequest } from "@credicorp/oauth-core";
import { headerValues } from "@credicorp/oauth-core";
import { parseStrictJsonObject } from "@credicorp/oauth-core/jwt";
import { isJsonObject } from "@credicorp/oauth-core/protocol";
import { z } from "zod";

import type { JsonSchema } from "../configuration/configuration-json-schema.ts";
import type { SchemaProblem } from "../configuration/schema-problems.ts";
import { plainRule, remedyFor, schemaProblems } from "../configuration/schema-problems.ts";
import type { MemberFault } from "./admin-problem.ts";
import { AdminProblem } from "./admin-problem.ts";
import type { AdminInput, AdminRoute } from "./admin-route.ts";

const jsonTypes = /^application\/(?:json|merge-patch\+json) *(?:; *charset="?utf-8"? *)?$/i;
const mostFaults = 10;
const longestName = 64;

/** Reads all that a route takes. @throws AdminProblem that names the members which are wrong */
export function readInput(
  admin: AdminRoute,
  {
    params,
    request,
  }: { readonly params: Readonly<Record<string, string>>; request: ServerRequest },
): AdminInput<unknown, unknown, unknown> {
  const [, query = ""] = request.target.split(/\?(.*)/s, 2);
  return {
    params: admin.params === undefined ? {} : check(admin.params, params, "path"),
    query: readQuery(admin.query, query),
    body: readBody(admin.body, request),
  };
}

function readQuery(schema: z.ZodType | undefined, text: string): unknown {
  const members: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in members) {
      const fault = { member: `query.${name}`, rule: "must not be there twice" };
      throw badRequest([fault]);
    }
    members[name] = value;
  }
  if (schema === undefined) return check(z.strictObject({}), { ...members }, "query");
  return check(schema, withNumbers(schema, members), "query");
}

/** In a query all is text; what the schema has as a number becomes one where it reads as one. */
function withNumbers(
  schema: z.ZodType,
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input" });
  const typed = Object.entries(members).map(([name, value]) => {
    const definition = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const isNumber =
      typeof definition === "object" && ["number", "integer"].includes(String(definition.type));
    const isWritten = typeof value === "string" && /^-?\d{1,15}(?:\.\d{1,9})?$/.test(value);
    return [name, isNumber && isWritten ? Number(value) : value];
  });
  return Object.fromEntries(typed) as Readonly<Record<string, unknown>>;
}

function readBody(schema: z.ZodType | undefined, { headers, body }: ServerRequest): unknown {
  if (schema === undefined) {
    if (body.length === 0) return undefined;
    throw badRequest([{ member: "body", rule: "must be empty: this operation takes none" }]);
  }
  if (body.length === 0) return check(schema, {}, "body");
  const types = headerValues(headers, "content-type");
  if (types.length !== 1 || !jsonTypes.test(types[0] ?? "")) {
    throw new AdminProblem(415, "The body must be JSON, with Content-Type: application/json");
  }
  return check(schema, parseJson(body), "body");
}

function parseJson(body: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    value = JSON.parse(text);
  } catch {
    // Without the parser's own words, which quote the body.
    throw badRequest([{ member: "body", rule: "must be JSON in UTF-8" }]);
  }
  // What is no object has nothing that two readers could understand differently, and is refused by every schema.
  if (!isJsonObject(value) || parseStrictJsonObject(text) !== undefined) return value;
  const rule =
    "must have each member once, 16 levels at most, and nothing that is no number or text";
  throw badRequest([{ member: "body", rule }]);
}

function check(schema: z.ZodType, value: unknown, place: string): unknown {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const shape = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  const problems = schemaProblems(read.error.issues, { schema: shape, value });
  throw badRequest(problems.slice(0, mostFaults).map((problem) => faultOf(problem, place)));
}

function faultOf(problem: SchemaProblem, place: string): MemberFault {
  if (problem.kind === "unknown") {
    const [parents, last] = [problem.path.slice(0, -1), String(problem.path.at(-1))];
    const member = place + formatPath([...parents, last.slice(0, longestName)]);
    return { member, rule: `is unknown: ${remedyFor(problem.similar)}` };
  }
  return { member: place + formatPath(problem.path), rule: plainRule(problem.message) };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
}

function badRequest(faults: readonly MemberFault[]): AdminProblem {
  const [first] = faults;
  const detail = first === undefined ? "The request is malformed" : `${first.member} ${first.rule}`;
  return new AdminProblem(400, detail, { faults });
}
