import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, it, vi } from "vitest";
import { createDiagnostics } from "../src/events/diagnostics.ts";
import { setUp } from "./support/client.ts";

const name = "credicorp.oauth.client.obtained";

it("publishes events on node:diagnostics_channel, to whoever subscribed meanwhile", async () => {
  await using setup = await setUp();
  const seen: unknown[] = [];
  const listener = (message: unknown): void => void seen.push(message);
  subscribe(name, listener);
  await setup.client.getToken();
  unsubscribe(name, listener);
  await setup.client.with({ scope: ["other"] }).getToken();

  expect(seen).toEqual([expect.objectContaining({ type: "obtained", lifetimeSeconds: 900 })]);
});

it("makes no channel that nobody subscribed to, and does nothing where there are none", () => {
  const channel = vi.fn<() => { publish: () => void }>();
  const hasSubscribers = vi.fn<(name: string) => boolean>(() => false);
  const process = { getBuiltinModule: () => ({ channel, hasSubscribers }) };
  const event = { type: "dropped", reason: "revoked" } as const;

  createDiagnostics({ process }).publish(event);
  createDiagnostics({}).publish(event);

  expect(hasSubscribers).toHaveBeenCalledWith("credicorp.oauth.client.dropped");
  expect(channel).not.toHaveBeenCalled();
});
