import { describe, expect, it } from "vitest";

import { refusalOf, startConfigured } from "./support/configured-command.ts";

describe("faults in a configuration file", () => {
  it("happen from the first request on, one rule of each kind of member", async () => {
    const url = await startConfigured({
      seed: 1,
      faults: [
        { fault: "server_error", endpoint: "jwks", times: 1, retryAfterSeconds: 3 },
        { fault: "expires_in", as: "string", client: "partner-basic", scope: "decisions:read" },
        { fault: "narrowed_scope", grants: ["decisions:read"], probability: 0.5, seed: 7 },
      ],
    });

    const statuses = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, headers } = await fetch(`${url}/.well-known/jwks.json`);
      statuses.push([status, headers.get("retry-after")]);
    }

    expect(statuses).toEqual([
      [503, "3"],
      [200, null],
    ]);
  });

  it.each([
    [{ faults: [{ fault: "delay" }] }, /is wrong at faults\[0\]\.delayMs/],
    [{ faults: [{ fault: "delay", delayMs: 1.5 }] }, /faults\[0\]\.delayMs/],
    [
      { faults: [{ fault: "delay", delayMs: 1, delayMS: 2 }] },
      /unknown option delayMS in faults\[0\]/,
    ],
    [{ faults: [{ fault: "nothing" }] }, /faults\[0\]\.fault/],
    [{ faults: [{ fault: "expires_in", as: "never" }] }, /faults\[0\]\.as/],
    [{ faults: [{ fault: "narrowed_scope", grants: [""] }] }, /faults\[0\]\.grants\[0\]/],
    [{ faults: [{ fault: "unknown_kid", probability: 2 }] }, /faults\[0\]\.probability/],
    [{ faults: [{ fault: "unknown_kid", endpoint: "jwks" }] }, /faults\[0\] can never act/],
    [{ seed: -1 }, /is wrong at seed/],
  ])("says in one line what is wrong with %j", async (configuration, expected) => {
    const refusal = await refusalOf(configuration);

    expect(refusal).toEqual({ code: 2, lines: [expect.stringMatching(expected)] });
  });
});
