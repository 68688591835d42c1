import { afterEach, expect, it, vi } from "vitest";

import type { ClientEvents } from "@credicorp/oauth-client";
import { delay, setUp } from "./support/client.ts";
import { expectNothingPlanted } from "./support/planted.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function throwPlanted(): never {
  throw Object.assign(new Error("planted-secret"), { name: "planted secret" });
}

async function rejectPlanted(): Promise<never> {
  return throwPlanted();
}

it("CLI-32 tells once of each kind of event whose listener throws or rejects, and repeats nothing of what it threw", async () => {
  await using setup = await setUp();
  const { client } = setup;
  const failures: ClientEvents["observer_failed"][] = [];
  client.on("observer_failed", (event) => failures.push(event));
  client.on("obtained", throwPlanted);
  client.on("obtained", (): void => rejectPlanted() as unknown as void);
  client.on("dropped", throwPlanted);

  const token = await client.getToken();
  await client.revoke(token.value);
  await client.getToken();

  await vi.waitFor(() => expect(failures).toHaveLength(2));
  await delay(20);
  const failure = { type: "observer_failed", observer: "listener", errorName: "object" };
  expect(failures).toEqual([
    { ...failure, event: "obtained" },
    { ...failure, event: "dropped" },
  ]);
  expectNothingPlanted(failures);
});

it("warns once where nobody hears of a failure, and of a listener for failures that fails itself", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  await using unheard = await setUp();
  await using failing = await setUp();
  unheard.client.on("obtained", throwPlanted);
  failing.client.on("obtained", throwPlanted);
  failing.client.on("observer_failed", throwPlanted);

  for (const { client } of [unheard, failing, unheard, failing]) {
    await client.getToken({ scope: [`scope-${warn.mock.calls.length}`] });
  }
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(2));
  await delay(20);

  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    "A listener for obtained of the OAuth client has failed (object)",
    "A listener for observer_failed of the OAuth client has failed (object)",
  ]);
  expectNothingPlanted(warn.mock.calls);
});
