import type { z } from "zod";

import type { AdminSubject } from "./admin-subject.ts";

/** A method of the admin API. */
export type AdminMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** What belongs together in the documentation. */
export type AdminTag =
  | "sandbox"
  | "clients"
  | "keys"
  | "clock"
  | "faults"
  | "scenarios"
  | "requests"
  | "tokens"
  | "namespaces";

/** What was sent, read by the schemas of the route. */
export interface AdminInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** An operation of the admin API as data: the router, the OpenAPI document and the reference page are made from it. */
export interface AdminRoute<Params = unknown, Query = unknown, Body = unknown> {
  /** Names the operation; stable. */
  readonly id: string;
  readonly tag: AdminTag;
  readonly method: AdminMethod;

  /** Beneath the prefix, parameters in braces. */
  readonly path: string;

  /** What it does, in one sentence. */
  readonly summary: string;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;

  /** Absent: a body is refused. One whose members are all optional may be left out. */
  readonly body?: z.ZodType<Body>;

  /** Of success. */
  readonly status: 200 | 201 | 204;

  /** What success answers, as JSON; absent with 204, and where it is a text. */
  readonly answer?: z.ZodType;

  /** The statuses of refusals that are its own, beside those that all routes have. */
  readonly refusals?: readonly (404 | 409 | 422)[];

  /** @throws AdminProblem for what it refuses */
  readonly run: (input: AdminInput<Params, Query, Body>, subject: AdminSubject) => unknown;
}

/** Makes a route whose input is typed by its schemas. */
export function route<Params, Query, Body>(
  definition: AdminRoute<Params, Query, Body>,
): AdminRoute {
  // What `run` is given has been read by the very schemas that type it.
  return definition as unknown as AdminRoute;
}
