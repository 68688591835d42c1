import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import { expect, it } from "vitest";

import type { FactSources } from "../../src/explanations/gather-facts.ts";
import { explain } from "../../src/explanations/explain.ts";
import type { RecordedRequest } from "../../src/journal/recorded.ts";
import { formType } from "../support/refusals.ts";

/** As far as these reasons look at it. */
const policy = { limits: { failedAuthentication: null } } as FactSources["policy"];

const issued: AuditEvent = {
  type: "token_issued",
  clientId: "a",
  jti: "jti",
  kid: "kid",
  scope: [],
  audience: [],
  expiresAt: 60,
  requestId: "other",
  at: 0,
  address: "127.0.0.1",
};

/** Explains a refusal for a reason, and counts what of the journal is read for it: decisions, and requests. */
async function readingsOf(
  why: "secret_wrong" | "failure_budget_spent",
): Promise<{ readonly decisions: number; readonly requests: number }> {
  const readings = { decisions: 0, requests: 0 };
  const refusal = { type: "request_refused", status: 401, error: "invalid_client", why } as const;
  const refused = { ...refusal, requestId: "id", at: 0, address: "127.0.0.1" };
  const recorded: RecordedRequest = {
    kind: "request",
    sequence: 3,
    at: 0,
    durationMs: 0,
    request: {
      method: "POST",
      target: "/partner/v1/oauth/token",
      headers: [formType],
      body: Buffer.from("client_id=a"),
      peer: { address: "127.0.0.1", secure: false },
    },
    response: { status: 401, headers: [], body: "" },
    requestId: "id",
    event: refused,
    client: undefined,
  };
  await explain(recorded, {
    policy,
    clients: [],
    isClientId: () => false,
    endpointOf: () => "token",
    *decidedNewestFirst() {
      for (const [sequence, event] of [refused, refused, issued, issued].entries()) {
        readings.decisions += 1;
        const readRequest = (): RecordedRequest["request"] => {
          readings.requests += 1;
          return recorded.request;
        };
        yield { sequence, event, readRequest };
      }
    },
  });
  return readings;
}

it("reads no more of the journal than a reason counts: none, or decisions and the requests that failed", async () => {
  expect(await readingsOf("secret_wrong")).toEqual({ decisions: 0, requests: 0 });
  expect(await readingsOf("failure_budget_spent")).toEqual({ decisions: 4, requests: 2 });
});
