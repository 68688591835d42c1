import { NetworkError } from "@credicorp/oauth-core";
import { expect, it } from "vitest";
import { startMachine } from "./machine.ts";

const dead = new NetworkError("unreachable");

it("CLI-06 asks at most once a second while a nearly dead token is given again and again", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "same", seconds: 20 });
  machine.advance(18.5);

  for (let step = 0; step < 100; step += 1) {
    machine.want();
    if (machine.isSending()) machine.receive({ value: "same", seconds: 1.5 });
    machine.advance(0.01);
  }

  expect(machine.sent()).toBe(2);
});

it("CLI-06 takes a token that is spent on arrival for a failure, and waits", () => {
  const machine = startMachine();
  machine.want();

  machine.advance(2);
  machine.receive({ seconds: 1, ageSeconds: 2 });

  expect(machine.errors()).toMatchObject([{ kind: "protocol", failure: "token_spent" }]);
  expect(machine.want()).toBe("refuse");
  expect(machine.sent()).toBe(1);
});

it("CLI-08 serves at once while another token is fetched in the background", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 900 });
  machine.advance(800);

  expect(machine.want()).toBe("serve");
  expect(machine.isSending()).toBe(true);
  expect(machine.want()).toBe("serve");
  expect(machine.sent()).toBe(2);
});

it("CLI-08 does not surface a failed background refresh", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 900 });
  machine.advance(800);
  machine.want();

  machine.fail(dead);

  expect(machine.want()).toBe("serve");
  expect(machine.errors()).toEqual([]);
  expect(machine.reports()).toContain("degraded");
});

it("CLI-10 makes one request for any number of callers", () => {
  const machine = startMachine();

  for (let caller = 0; caller < 50; caller += 1) expect(machine.want()).toBe("join");
  machine.receive({ value: "shared", seconds: 900 });

  expect(machine.sent()).toBe(1);
  expect(machine.delivered()).toEqual(["shared"]);
});

it("CLI-11 ignores a rejection of a token that was replaced meanwhile", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "old", seconds: 900 });
  machine.drop("rejected", "old");
  machine.want();
  machine.receive({ value: "new", seconds: 900 });

  machine.drop("rejected", "old");

  expect(machine.want()).toBe("serve");
  expect(machine.sent()).toBe(2);
});

it("CLI-12 does not publish a refresh that began before the rejection", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "old", seconds: 900 });
  machine.advance(800);
  machine.want();
  const early = machine.generation();
  machine.drop("rejected", "old");

  machine.receive({ value: "minted too early", seconds: 900, generation: early });

  expect(machine.want()).toBe("join");
  machine.receive({ value: "new", seconds: 900 });
  expect(machine.delivered()).toEqual(["old", "new"]);
});

it("CLI-28 does not believe one rejection after the other", () => {
  const machine = startMachine();
  let kept = 0;

  for (let call = 0; call < 100; call += 1) {
    machine.want();
    if (machine.isSending()) machine.receive({ value: `token ${call}`, seconds: 900 });
    if (machine.drop("rejected") === "keep") kept += 1;
    machine.advance(0.01);
  }

  expect(machine.sent()).toBeLessThanOrEqual(5);
  expect(kept).toBeGreaterThan(90);
});

it("CLI-28 counts rejections in close succession, not those that were an hour apart", () => {
  const machine = startMachine();
  const rejectYoung = (): "keep" | "dropped" => {
    expect(machine.want()).toBe("join");
    machine.receive({ value: `token ${machine.sent()}`, seconds: 900 });
    return machine.drop("rejected");
  };
  for (let hour = 0; hour < 9; hour += 1) {
    expect(rejectYoung()).toBe("dropped");
    machine.advance(3600);
  }

  expect([rejectYoung(), rejectYoung()]).toEqual(["dropped", "dropped"]);
});

it.each([
  { seconds: 61, count: 4 },
  { seconds: 61.001, count: 1 },
])(
  "CLI-28 counts to $count when the next rejection comes after $seconds s",
  ({ seconds, count }) => {
    const machine = startMachine();
    for (let call = 0; call < 3; call += 1) {
      machine.want();
      machine.receive({ value: `token ${call}`, seconds: 900 });
      machine.drop("rejected");
    }
    machine.advance(seconds);
    machine.want();
    machine.receive({ value: "young", seconds: 900 });

    expect(machine.drop("rejected")).toBe("dropped");
    expect(machine.state().streak.count).toBe(count);
  },
);

it("believes a revocation on purpose, however many there were", () => {
  const machine = startMachine();

  for (let round = 0; round < 10; round += 1) {
    expect(machine.want()).toBe("join");
    machine.receive({ value: `token ${round}`, seconds: 900 });
    expect(machine.drop("revoked")).toBe("dropped");
  }
});

it("CLI-14 stops the shared request only when nobody waits", () => {
  const machine = startMachine();
  machine.want();
  machine.want();

  machine.leave();
  expect(machine.isSending()).toBe(true);
  machine.leave();

  expect(machine.isSending()).toBe(false);
  expect(machine.want()).toBe("join");
  expect(machine.sent()).toBe(2);
});

it("CLI-14 lets a background refresh go on when those who joined it have left", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 900 });
  machine.advance(800);
  machine.want();
  machine.advance(95);
  expect(machine.want()).toBe("join");

  machine.leave();

  expect(machine.isSending()).toBe(true);
});

it("CLI-14 stops a background refresh that outlived the token when the last who joined it has left", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ seconds: 900 });
  machine.advance(800);
  machine.want();
  machine.advance(100);
  expect(machine.want()).toBe("join");

  machine.leave();

  expect(machine.isSending()).toBe(false);
  expect(machine.want()).toBe("join");
  expect(machine.sent()).toBe(3);
});

it("CLI-17 reports scope that was not granted, and serves the token all the same", () => {
  const machine = startMachine({ requestedScope: ["a", "b"] });
  machine.want();

  machine.receive({ seconds: 900, scope: ["a"] });

  expect(machine.reports()).toEqual(["obtained", "scope_narrowed"]);
  expect(machine.want()).toBe("serve");
});

it("CLI-02 reports a life that was guessed", () => {
  const machine = startMachine();
  machine.want();

  machine.receive({});

  expect(machine.reports()).toEqual(["obtained", "lifetime_guessed"]);
});

it("CLI-11 CLI-19 asks others for nothing but a token that is newer than the one that was dropped", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "first", seconds: 900 });
  const dropped = machine.step({ kind: "rejected", value: "first" });

  const sent = machine.step({ kind: "wanted", deadlineMs: Infinity });

  expect(dropped).toContainEqual(expect.objectContaining({ kind: "evict" }));
  expect(sent).toContainEqual(
    expect.objectContaining({
      kind: "send",
      replaces: expect.objectContaining({ value: "first" }) as unknown,
    }),
  );
});

it("CLI-18 takes a shared token without having asked, and says so", () => {
  const machine = startMachine({ fraction: 0 });
  machine.want();
  machine.receive({ value: "theirs", seconds: 900, ageSeconds: 300, isShared: true });

  expect(machine.delivered()).toEqual(["theirs"]);
  expect(machine.reports()).toEqual(["shared"]);
  expect(machine.state().held?.origin).toBe("shared");
  // Later than a first token would be refreshed: those who share are no fleet.
  expect(machine.state().held?.schedule.ageingAfterMs).toBe(630_000);
});

it("CLI-11 remembers that a token was asked for in place of a rejected one", () => {
  const machine = startMachine();
  machine.want();
  machine.receive({ value: "first", seconds: 900 });
  machine.drop("rejected");
  machine.want();
  machine.receive({ value: "second", seconds: 900 });

  expect(machine.state().held?.origin).toBe("forced");
});
