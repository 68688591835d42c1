import { expect, it } from "vitest";

import type { FactSources } from "../../src/explanations/gather-facts.ts";
import { explain } from "../../src/explanations/explain.ts";
import type { RecordedRequest } from "../../src/journal/recorded.ts";
import { formType } from "../support/refusals.ts";

/** As far as these reasons look at it. */
const policy = { limits: { failedAuthentication: null } } as FactSources["policy"];

/** Explains a refusal for a reason, and counts how often the journal is gone through for it. */
async function readingsOf(why: "secret_wrong" | "failure_budget_spent"): Promise<number> {
  let readings = 0;
  const recorded: RecordedRequest = {
    kind: "request",
    sequence: 1,
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
    event: {
      type: "request_refused",
      status: 401,
      error: "invalid_client",
      why,
      requestId: "id",
      at: 0,
      address: "127.0.0.1",
    },
    client: undefined,
  };
  await explain(recorded, {
    policy,
    clients: [],
    isClientId: () => false,
    endpointOf: () => "token",
    *newestFirst() {
      readings += 1;
    },
  });
  return readings;
}

it("goes through the journal for a reason that counts requests, and for no other", async () => {
  expect(await readingsOf("secret_wrong")).toBe(0);
  expect(await readingsOf("failure_budget_spent")).toBe(1);
});
