import { expect, it } from "vitest";

import type { FactSources } from "../../src/explanations/gather-facts.ts";
import { explain } from "../../src/explanations/explain.ts";
import type { RecordedRequest } from "../../src/journal/recorded.ts";
import { formType } from "../support/refusals.ts";

/** As far as these reasons look at it. */
const policy = { limits: { failedAuthentication: null } } as FactSources["policy"];

/** Explains a refusal for a reason, and counts what of the journal is read for it: charges, and requests. */
async function readingsOf(
  why: "secret_wrong" | "failure_budget_spent",
): Promise<{ readonly charges: number; readonly requests: number }> {
  const readings = { charges: 0, requests: 0 };
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
      peer: { address: "127.0.0.1" },
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
    beginLook: () => (text) => text,
    *chargesNewestFirst() {
      for (const [sequence, issuedTo] of [undefined, undefined, "a", "a"].entries()) {
        readings.charges += 1;
        const readRequest = (): RecordedRequest["request"] => {
          readings.requests += 1;
          return recorded.request;
        };
        yield { sequence, at: 0, issuedTo, readRequest };
      }
    },
  });
  return readings;
}

it("reads no more of the journal than a reason counts: none, or the charges and the requests that failed", async () => {
  expect(await readingsOf("secret_wrong")).toEqual({ charges: 0, requests: 0 });
  expect(await readingsOf("failure_budget_spent")).toEqual({ charges: 4, requests: 2 });
});
