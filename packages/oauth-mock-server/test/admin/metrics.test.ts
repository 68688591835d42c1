import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import parse from "parse-prometheus-text-format";
import { describe, expect, it } from "vitest";

import { basic, tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

interface Scraped {
  /** Returns the value of a sample by its name and labels; `undefined` when there is none. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
  readonly names: readonly string[];
}

async function scrape(sandbox: Sandbox, path = "/metrics"): Promise<Scraped> {
  const headers = { authorization: `Bearer ${sandbox.adminToken}` };
  const response = await sandbox.fetch(path, { headers });
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const families = parse(await response.text());
  return {
    names: families.map(({ name }) => name),
    value: (name, labels = {}) => {
      const family = families.find((one) => one.name === name);
      const sample = family?.metrics.find(
        (one) => JSON.stringify(sorted(one.labels ?? {})) === JSON.stringify(sorted(labels)),
      );
      return sample === undefined ? undefined : Number(sample.value);
    },
  };
}

function sorted(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe("metrics", () => {
  it("ADM-07 count requests, tokens, refusals, limits and faults, in a format that others read", async () => {
    await using sandbox = await createSandbox();
    const client = sandbox.clients.get("partner-limited");
    const ask = (): Promise<Response> => sandbox.fetch(tokenPath, tokenRequest(client));
    for (let count = 0; count < 3; count += 1) await ask();
    await sandbox.fetch(tokenPath, {
      ...tokenRequest(client),
      headers: { authorization: basic({ id: "partner-basic", secret: "wrong" }) },
    });
    sandbox.faults.add({ id: 'a "quoted" rule\\', fault: "html_page", endpoint: "jwks" });
    await sandbox.fetch("/.well-known/jwks.json");

    const { value } = await scrape(sandbox);

    const requests = "oauth_sandbox_requests_total";
    expect(value(requests, { endpoint: "token", status: "200", error: "" })).toBe(2);
    expect(value(requests, { endpoint: "token", status: "401", error: "invalid_client" })).toBe(1);
    expect(value("oauth_sandbox_tokens_issued_total")).toBe(2);
    expect(value("oauth_sandbox_refusals_total", { reason: "secret_wrong" })).toBe(1);
    expect(value("oauth_sandbox_rate_limited_total")).toBe(1);
    expect(value("oauth_sandbox_journal_requests")).toBe(5);
    expect(value("oauth_sandbox_keys", { algorithm: "ES256", phase: "signing" })).toBe(1);
    expect(value("oauth_sandbox_clients")).toBe(defaultClients.length);
    expect(value("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  });

  it("ADM-07 name the error that a fault rule answers with, whatever its status", async () => {
    await using sandbox = await createSandbox();
    const ask = (): Promise<Response> =>
      sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get("partner-basic")));
    const endpoint = "token";
    sandbox.faults.add({ fault: "too_many_requests", times: 1, endpoint });
    sandbox.faults.add({ fault: "server_error", status: 500, times: 1, endpoint });
    sandbox.faults.add({ fault: "error_with_200", error: "slow down", times: 1, endpoint });
    sandbox.faults.add({ fault: "html_page", times: 1, endpoint });
    sandbox.faults.add({ fault: "expires_in", as: "zero", times: 1, endpoint });
    for (let count = 0; count < 5; count += 1) await ask();

    const { value } = await scrape(sandbox);

    const of = (status: number, error: string): number | undefined =>
      value("oauth_sandbox_requests_total", { endpoint, status: String(status), error });
    expect(of(429, "temporarily_unavailable")).toBe(1);
    expect(of(500, "server_error")).toBe(1);
    expect(of(200, "slow down")).toBe(1);
    expect(of(502, "")).toBe(1);
    expect(of(200, "")).toBe(1);
  });

  it("ADM-07 stay small, however many errors rules invent", async () => {
    await using sandbox = await createSandbox();
    for (let count = 0; count < 202; count += 1) {
      const { remove } = sandbox.faults.add({ fault: "error_with_200", error: `e${count}` });
      await sandbox.fetch("/.well-known/jwks.json");
      remove();
    }

    const { value } = await scrape(sandbox);

    const of = (error: string): number | undefined =>
      value("oauth_sandbox_requests_total", { endpoint: "jwks", status: "200", error });
    expect([of("e0"), of("e199"), of("e200"), of("others")]).toEqual([1, 1, undefined, 2]);
  });

  it("ADM-07 escape what a rule is called", async () => {
    await using sandbox = await createSandbox();
    sandbox.faults.add({ id: 'a "b"\n\\c', fault: "html_page" });
    await sandbox.fetch("/.well-known/jwks.json");
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };

    const text = await (await sandbox.fetch("/metrics", { headers })).text();

    expect(text).toContain('oauth_sandbox_faults_applied_total{rule="a \\"b\\"\\n\\\\c"} 1\n');
  });

  it("ADM-07 never count backwards: neither a reset nor a full journal takes anything away", async () => {
    await using sandbox = await createSandbox({ journal: { maxEntries: 2 } });
    const ask = (): Promise<Response> =>
      sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get("partner-basic")));
    for (let count = 0; count < 3; count += 1) await ask();
    await sandbox.reset();
    await ask();

    const { value } = await scrape(sandbox);

    expect(value("oauth_sandbox_tokens_issued_total")).toBe(4);
    expect(value("oauth_sandbox_journal_requests")).toBe(1);
  });

  it("ADM-07 are of a namespace alone beneath its prefix, and say nothing of the process there", async () => {
    await using sandbox = await createSandbox();
    const namespace = await sandbox.namespaces.create("a");
    await namespace.fetch(
      "partner/v1/oauth/token",
      tokenRequest(namespace.clients.get("partner-basic")),
    );

    const own = await scrape(sandbox, "/ns/a/metrics");
    const whole = await scrape(sandbox);

    expect(own.value("oauth_sandbox_tokens_issued_total")).toBe(1);
    expect(own.names.filter((name) => name.startsWith("process_"))).toEqual([]);
    expect(whole.value("oauth_sandbox_tokens_issued_total")).toBe(0);
    expect(whole.value("oauth_sandbox_namespaces")).toBe(1);
  });
});
