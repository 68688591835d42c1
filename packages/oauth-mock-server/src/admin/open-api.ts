/**
 * The admin API as an OpenAPI document, made from the schemas that read its requests.
 *
 * @see {@link https://spec.openapis.org/oas/v3.1.0 | OpenAPI 3.1}
 * @module
 */

import { z } from "zod";

import type { AdminRoute } from "./admin-route.ts";

/** A schema as the document has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A parameter in a path or a query. */
export interface OpenApiParameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/** One operation. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
}

/** The document, as far as it is used here. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const introduction =
  "What a test can do with a sandbox, from any language. Every request needs the admin token, which is printed at the start. Errors are problem documents (RFC 9457) that name the member and the rule.";

/** Makes the document; `base` is where the paths begin. */
export function formatOpenApi(
  routes: readonly AdminRoute[],
  { base, version }: { readonly base: string; readonly version: string },
): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Credicorp OAuth sandbox: admin API", version, description: introduction },
    servers: [{ url: base }],
    security: [{ adminToken: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { adminToken: { type: "http", scheme: "bearer" } },
      schemas: { Problem: problemSchema },
    },
  };
}

const problemSchema: JsonSchema = {
  type: "object",
  description: "A problem document (RFC 9457)",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { member: { type: "string" }, rule: { type: "string" } },
        required: ["member", "rule"],
      },
    },
  },
  required: ["type", "title", "status", "detail"],
};

function operation(route: AdminRoute): OpenApiOperation {
  const parameters = [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")];
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [route.tag],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && {
      requestBody: {
        required: !route.body.safeParse({}).success,
        content: { "application/json": { schema: schemaOf(route.body, "input") } },
      },
    }),
    responses: {
      [route.status]: success(route),
      ...Object.fromEntries(refusalsOf(route).map((status) => [status, problem(status)])),
    },
  };
}

function parametersOf(
  schema: z.ZodType | undefined,
  place: "path" | "query",
): readonly OpenApiParameter[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description: text, ...members }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(typeof text === "string" && { description: text }),
    schema: members,
  }));
}

function success({ status, answer }: AdminRoute): {
  readonly description: string;
  readonly content?: Content;
} {
  if (answer === undefined) return { description: "Done" };
  const description = status === 201 ? "Made" : "The answer";
  return {
    description,
    content: { "application/json": { schema: schemaOf(answer, "output") } },
  };
}

function refusalsOf({ refusals = [], body }: AdminRoute): readonly number[] {
  return [400, 401, ...(body === undefined ? [] : [413, 415]), ...refusals];
}

const meanings: Readonly<Record<number, string>> = {
  400: "A member is unknown, missing or wrong",
  401: "The admin token is missing or wrong",
  404: "There is no such thing",
  409: "In conflict with what there is",
  413: "The body is too long",
  415: "The body is not JSON",
  422: "Well-formed, and against a rule of the sandbox",
};

function problem(status: number): { readonly description: string; readonly content: Content } {
  return {
    description: meanings[status] ?? "Refused",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  // In OpenAPI 3.1 it is the dialect anyway.
  const { $schema: _dialect, ...members } = z.toJSONSchema(schema, { io });
  return members;
}
