import fc from "fast-check";
import { expect, it } from "vitest";

import { createSandbox, formatExplanation } from "@credicorp/oauth-mock-server";

const text = fc.string({ unit: "binary", maxLength: 40 });
const fieldName = fc.constantFrom("authorization", "dpop", "content-type", "accept", "x-other");
const scheme = fc.constantFrom("Basic ", "Bearer ", "DPoP ", "");
const headers = fc.array(
  fc.tuple(
    fieldName,
    fc.tuple(scheme, fc.oneof(text, fc.base64String())).map((two) => two.join("")),
  ),
  { maxLength: 4 },
);
const parameter = fc.constantFrom(
  "grant_type",
  "scope",
  "resource",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "token",
);
const form = fc
  .array(fc.tuple(parameter, fc.oneof(text, fc.constantFrom("partner-basic", "a.b.c"))), {
    maxLength: 6,
  })
  .map((fields) => Buffer.from(new URLSearchParams(fields).toString()));
const request = fc.record({
  method: fc.constantFrom("POST", "POST", "GET", "PUT", "HEAD"),
  target: fc.oneof(
    fc
      .constantFrom("token", "introspect", "revoke", "errors/x", "explanations/x")
      .map((path) => `/partner/v1/oauth/${path}`),
    text,
  ),
  headers: headers.map((list) => [
    ...list,
    ["Content-Type", "application/x-www-form-urlencoded"] as const,
  ]),
  body: fc.oneof(form, fc.uint8Array({ maxLength: 60 })),
  peer: fc.constant({ address: "127.0.0.1", secure: false }),
});

it("explains whatever was sent, or has nothing to explain, and can show and export it", async () => {
  const limits = { address: null, failedAuthentication: null, token: null };
  await using sandbox = await createSandbox({ limits });

  await fc.assert(
    fc.asyncProperty(request, async (one) => {
      const { status } = await sandbox.handle(one);
      const [entry] = sandbox.requests.list();
      const explanation = await sandbox.explanations.explain(entry?.requestId ?? "");
      sandbox.requests.clear();

      expect(entry?.response.status).toBe(status);
      expect(explanation === undefined || formatExplanation(explanation).length > 50).toBe(true);
      expect(explanation?.status ?? status).toBe(status);
      expect(JSON.stringify(entry && sandbox.requests.toCurl(entry))).toContain("curl");
    }),
  );
});
