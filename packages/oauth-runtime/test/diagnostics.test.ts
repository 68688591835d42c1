import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { createDiagnostics } from "@credicorp/oauth-runtime";
import { expect, it, vi } from "vitest";

it("publishes each message to the channel of its type", () => {
  const heard: unknown[] = [];
  const listener = (message: unknown, name: string | symbol): void =>
    void heard.push([name, message]);
  const { publish, isHeard } = createDiagnostics("credicorp.oauth.test.");
  subscribe("credicorp.oauth.test.one", listener);
  publish({ type: "one" });
  publish({ type: "two" });
  const wasHeard = [isHeard("one"), isHeard("two")];
  unsubscribe("credicorp.oauth.test.one", listener);
  publish({ type: "one" });

  expect(heard).toEqual([["credicorp.oauth.test.one", { type: "one" }]]);
  expect(wasHeard).toEqual([true, false]);
  expect(channel("credicorp.oauth.test.one").hasSubscribers).toBe(false);
});

it("makes no channel that nobody subscribed to, and does nothing where there are none", () => {
  const make = vi.fn<() => { publish: () => void }>();
  const process = { getBuiltinModule: () => ({ channel: make, hasSubscribers: () => false }) };

  createDiagnostics("x.", { process }).publish({ type: "one" });
  createDiagnostics("x.", {}).publish({ type: "one" });
  createDiagnostics("x.", { process: {} }).publish({ type: "one" });

  expect(make).not.toHaveBeenCalled();
});
