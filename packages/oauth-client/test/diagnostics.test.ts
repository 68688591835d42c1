import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, it } from "vitest";
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
