import { NetworkError, OAuthResponseError, ProtocolError } from "@credicorp/oauth-core";
import { expect, it } from "vitest";
import { startMachine } from "./machine.ts";

const dead = new NetworkError("unreachable");

const badSecret = new OAuthResponseError({ status: 401, error: "invalid_client" });

it("CLI-09 serves through an outage until the token is spent, then says since when it lasts", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 900 });
  machine.advance(800);
  const since = machine.now().epochSeconds;

  while (machine.now().monotonicMs < 899_000) {
    expect(["serve", "join"]).toContain(machine.want());
    if (machine.isSending()) machine.fail(dead);
    machine.advance(1);
  }
  expect(machine.errors()).toEqual([]);
  machine.advance(31);
  machine.want();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (!machine.isSending()) machine.wake();
    if (machine.isSending()) machine.fail(dead);
  }

  expect(machine.errors().at(-1)).toBe(dead);
  expect(machine.want()).toBe("refuse");
  expect(machine.refusal()).toMatchObject({ kind: "network", outage: { since } });
  expect(machine.refusal()?.outage?.attempts).toBeGreaterThan(3);
  expect(machine.refusal()?.retryAfterMs).toBeGreaterThan(0);
  expect(machine.refusal()?.hint).toContain(new Date(since * 1000).toISOString());
});

it("CLI-09 reports the recovery", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(dead);
  machine.wake();

  machine.receive({ seconds: 900 });

  expect(machine.reports()).toEqual(["obtained", "recovered"]);
});

it("CLI-13 keeps nothing of a failed round but its error, and only for a while", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(badSecret);
  machine.advance(1.001);

  expect(machine.want()).toBe("join");
  machine.receive({ seconds: 900 });

  expect(machine.want()).toBe("serve");
});

it.each(["invalid_client", "unauthorized_client", "invalid_scope"])(
  "CLI-29 remembers %s for a short, growing while",
  (code) => {
    const machine = startMachine();
    const error = new OAuthResponseError({ status: 400, error: code });
    const pauses: number[] = [];

    for (let round = 0; round < 8; round += 1) {
      machine.want();
      machine.fail(error);
      expect(machine.want()).toBe("refuse");
      expect(machine.refusal()).toMatchObject({ error: code, outage: { attempts: round + 1 } });
      const pause = machine.refusal()?.retryAfterMs ?? 0;
      pauses.push(pause);
      machine.advance(pause / 1000);
    }

    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(machine.sent()).toBe(8);
  },
);

it("CLI-29 forgets the error when the credential has changed", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(badSecret);
  expect(machine.want()).toBe("refuse");

  machine.changeCredential();

  expect(machine.want()).toBe("join");
  expect(machine.sent()).toBe(2);
});

it("CLI-29 does not retry what cannot get better", () => {
  const machine = startMachine();
  machine.want();

  machine.fail(new ProtocolError("token_response_not_json", "no JSON"));

  expect(machine.errors()).toHaveLength(1);
  expect(machine.wakesAtMs()).toBeUndefined();
});

it("CLI-30 waits as long as the server asks, a minute at most", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(new OAuthResponseError({ status: 429, error: "slow_down" }, { retryAfterMs: 7000 }));
  expect(machine.wakesAtMs()).toBe(7000);
  machine.wake();

  machine.fail(new OAuthResponseError({ status: 503, error: "x" }, { retryAfterMs: 3_600_000 }));

  expect(machine.wakesAtMs()).toBe(67_000);
});

it("CLI-30 pauses every caller of the key after a 429", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(new OAuthResponseError({ status: 429, error: "slow_down" }, { retryAfterMs: 7000 }));

  machine.advance(3);

  expect(machine.want()).toBe("join");
  expect(machine.sent()).toBe(1);
});

it("CLI-30 refuses at once a caller whose deadline comes before the next try", () => {
  const machine = startMachine();
  machine.want();
  machine.fail(new OAuthResponseError({ status: 429, error: "slow_down" }, { retryAfterMs: 7000 }));

  expect(machine.want(6999)).toBe("refuse");
  expect(machine.want(7000)).toBe("join");
  expect(machine.refusal()).toMatchObject({ status: 429, retryAfterMs: 7000 });
});

it("CLI-30 gives up after three tries with growing delays", () => {
  const machine = startMachine({ fraction: 0.5 });
  machine.want();

  machine.fail(dead);
  expect(machine.wakesAtMs()).toBe(100);
  machine.wake();
  machine.fail(dead);
  expect(machine.wakesAtMs()).toBe(300);
  machine.wake();
  machine.fail(dead);

  expect(machine.sent()).toBe(3);
  expect(machine.errors()).toEqual([dead]);
});
