import { createSandbox } from "@credicorp/oauth-mock-server";
import fc from "fast-check";
import { expect, it } from "vitest";

import { adminOf } from "../support/admin.ts";

interface Operations {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly requestBody?: {
              readonly content: Readonly<Record<string, { readonly schema: unknown }>>;
            };
          }
        >
      >
    >
  >;
}

const sandbox = await createSandbox({ namespaces: { max: 3 } });
const document = (await adminOf(sandbox)("GET", "/openapi.json")).value as Operations;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { requestBody }]) => ({
    path,
    method: method.toUpperCase(),
    members: namesIn(requestBody?.content["application/json"]?.schema),
  })),
);

/** All names of members that a schema has anywhere: what is read is worth lying about. */
function namesIn(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const properties = "properties" in schema ? schema.properties : undefined;
  const own = Object.keys(Object(properties) as object);
  return [...new Set([...own, ...Object.values(schema).flatMap(namesIn)])];
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    "__proto__",
    "",
    "\0",
    "1e999",
    -1,
    0,
    2 ** 53,
    1e308,
    null,
    [],
    {},
    "16m",
    "partner-basic",
  ),
  fc.constantFrom("outage", "delay", "client_secret_basic", "private_key_jwt", "ES256", "RS256"),
);

it("ADM-06 no input makes the admin API fail: never 5xx, always JSON", async () => {
  const one = fc.constantFrom(...operations).chain(({ path, method, members }) =>
    fc.record({
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(method) },
        fc.constantFrom("PUT", "POST", "HEAD", "TRACE"),
      ),
      path: fc
        .oneof(
          fc.constantFrom("partner-basic", "x", "%00", "%zz", "..", "__proto__", "%2F"),
          fc.string(),
        )
        .map((segment) => path.replace(/\{\w+\}/g, segment.replace(/[?#/\s\\]/g, ""))),
      query: fc.oneof(
        fc.constant(""),
        fc
          .tuple(fc.constantFrom("limit", "status", "since", "__proto__", "filter"), fc.string())
          .map(([name, value]) => `?${new URLSearchParams({ [name]: value }).toString()}`),
      ),
      // A wait would do as it is told: that is tested elsewhere.
      body: fc
        .dictionary(fc.constantFrom(...members, "other"), odd, { maxKeys: 6 })
        .map((body) => ({
          ...body,
          ...(path === "/requests/wait" && { timeoutMs: 0 }),
        })),
    }),
  );
  const authorization = `Bearer ${sandbox.adminToken}`;

  await fc.assert(
    fc.asyncProperty(one, async ({ method, path, query, body }) => {
      fc.pre(method !== "TRACE" && URL.canParse(sandbox.adminUrl + path + query));
      const hasBody = ["POST", "PATCH", "PUT"].includes(method);
      const response = await sandbox.fetch(sandbox.adminUrl + path + query, {
        method,
        headers: { authorization, "content-type": "application/json" },
        ...(hasBody && { body: JSON.stringify(body) }),
      });
      expect(response.status).toBeLessThan(500);
      const text = await response.text();
      expect(() => JSON.parse(text === "" ? "null" : text) as unknown).not.toThrow();
    }),
    { numRuns: Math.max(300, fc.readConfigureGlobal().numRuns ?? 0) },
  );
  // It is still of use to others.
  await sandbox.reset();
  expect((await sandbox.fetch("/readyz")).status).toBe(200);
});
