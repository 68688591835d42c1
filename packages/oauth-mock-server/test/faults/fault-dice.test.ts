import type { FaultRule, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { tokenRequest } from "../support/requests.ts";
import { hitsOf, setUpFaults, tokenPath, unlimited } from "../support/fault-setting.ts";

describe("the dice of a fault rule", () => {
  const runOf = async (
    rule: FaultRule,
    options: SandboxOptions & { readonly others?: readonly FaultRule[]; readonly count?: number },
  ): Promise<string> => {
    const { others = [], count = 40, ...sandboxOptions } = options;
    const setting = await setUpFaults("without a port", [...others, rule], {
      ...unlimited,
      ...sandboxOptions,
    });
    return hitsOf(setting, count);
  };

  it("FLT-06 fall the same with the same seed, and otherwise with another", async () => {
    const rule = { fault: "server_error", probability: 0.5 } as const;

    const first = await runOf({ ...rule, seed: 1 }, {});

    expect(await runOf({ ...rule, seed: 1 }, {})).toBe(first);
    expect(await runOf({ ...rule, seed: 2 }, {})).not.toBe(first);
    expect(first).toMatch(/x.*\..*x/);
  });

  it("FLT-06 come of the seed of the sandbox, each rule its own", async () => {
    const rule = { fault: "server_error", probability: 0.5 } as const;

    const first = await runOf(rule, { seed: 7 });

    expect(await runOf(rule, { seed: 7 })).toBe(first);
    expect(await runOf(rule, { seed: 8 })).not.toBe(first);
    const unseen = { fault: "server_error", client: "nobody" } as const;
    expect(await runOf(rule, { seed: 7, others: [unseen] })).not.toBe(first);
  });

  it("are drawn where there is no seed, and shown, so that the run can be repeated", async () => {
    const rule = { fault: "server_error", probability: 0.5 } as const;
    const setting = await setUpFaults("without a port", [rule], unlimited);
    const first = await hitsOf(setting, 40);
    const { seed } = setting.sandbox.faults.list()[0]!.rule;

    expect(await runOf({ ...rule, seed }, {})).toBe(first);
  });

  it("FLT-06 fall the same whatever other rules do", async () => {
    const rule = { fault: "server_error", probability: 0.5, seed: 3 } as const;
    const delay = { fault: "delay", delayMs: 0, probability: 0.3 } as const;
    const tokens = { fault: "bad_signature", probability: 0.7 } as const;

    expect(await runOf(rule, { others: [delay, tokens] })).toBe(await runOf(rule, {}));
  });

  it("FLT-06 decide the same sequence of faults in two sandboxes, for any rules and any requests", async () => {
    const rule = fc.record(
      {
        fault: fc.constantFrom(
          "server_error",
          "too_many_requests",
          "html_page",
          "bad_signature",
          "token_type",
          "narrowed_scope",
        ),
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
        seed: fc.nat(),
        times: fc.integer({ min: 1, max: 6 }),
        after: fc.nat(4),
        scope: fc.constantFrom("decisions:read", "applications:write"),
        client: fc.constantFrom("partner-basic", "partner-read-only"),
      },
      { requiredKeys: ["fault"] },
    ) as fc.Arbitrary<FaultRule>;
    const request = fc.record({
      client: fc.constantFrom("partner-basic", "partner-read-only"),
      scope: fc.constantFrom("", "decisions:read", "applications:write"),
    });
    const play = async (
      rules: readonly FaultRule[],
      requests: readonly { readonly client: string; readonly scope: string }[],
    ): Promise<readonly unknown[]> => {
      const sandbox = await createSandbox({
        ...unlimited,
        additionalAlgorithms: [],
        faults: rules,
        seed: 1,
      });
      const seen: unknown[] = [];
      for (const { client, scope } of requests) {
        const init = tokenRequest(sandbox.clients.get(client), scope === "" ? {} : { scope });
        const { headers, body } = new Request("http://localhost/", init);
        const { status, faults } = await sandbox.handle({
          method: "POST",
          target: tokenPath,
          headers: [...headers],
          body: new Uint8Array(await new Response(body).arrayBuffer()),
          peer: { address: "127.0.0.1", secure: false },
        });
        seen.push([status, faults]);
      }
      return [seen, sandbox.faults.list()];
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(rule, { minLength: 1, maxLength: 5 }),
        fc.array(request, { maxLength: 10 }),
        async (rules, requests) => {
          expect(await play(rules, requests)).toEqual(await play(rules, requests));
        },
      ),
      { numRuns: Math.ceil(fc.readConfigureGlobal().numRuns! / 4) },
    );
  });

  it("FLT-04 fall as often as they should", async () => {
    const seen = await runOf({ fault: "server_error", probability: 0.25, seed: 1 }, { count: 800 });

    const share = seen.replaceAll(".", "").length / seen.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
  });
});
