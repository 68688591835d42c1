import { AdminProblem } from "./admin-problem.ts";
import type { AdminRoute } from "./admin-route.ts";

/** A route, and what the path of the request has for its parameters. */
export interface MatchedRoute {
  readonly route: AdminRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route for a method and a path beneath the prefix. @throws AdminProblem with 404, 405 or 400 */
export function matchRoute(
  routes: readonly AdminRoute[],
  { method, path }: { readonly method: string; readonly path: string },
): MatchedRoute {
  const segments = path.split("/").slice(1).map(decodeSegment);
  const matching = routes.flatMap((route) => {
    const params = paramsOf(route.path, segments);
    return params === undefined ? [] : [{ route, params }];
  });
  // A path in so many words comes before one with parameters.
  const fewest = Math.min(...matching.map(({ params }) => Object.keys(params).length));
  const best = matching.filter(({ params }) => Object.keys(params).length === fewest);
  if (best.length === 0) {
    throw new AdminProblem(404, "The admin API has no such path: openapi.json has those there are");
  }
  const wanted = method === "HEAD" ? "GET" : method;
  const found = best.find(({ route }) => route.method === wanted);
  if (found !== undefined) return found;
  const methods = best.flatMap(({ route }) =>
    route.method === "GET" ? ["GET", "HEAD"] : [route.method],
  );
  throw new AdminProblem(405, "This path is not for this method", {
    headers: [["Allow", methods.join(", ")]],
  });
}

function paramsOf(
  template: string,
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parts = template.split("/").slice(1);
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined) params[name] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AdminProblem(400, "The path has a percent sign that encodes nothing");
  }
}
