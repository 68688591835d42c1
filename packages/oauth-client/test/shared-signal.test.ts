import { getEventListeners } from "node:events";

import { expect, it, vi } from "vitest";
import { setUp } from "./support/client.ts";

it("CLI-14 leaves nothing on a signal that outlives its calls, and one listener while they wait", async () => {
  await using setup = await setUp({ tokenDelayMs: 50 });
  const { client, server } = setup;
  const { signal } = new AbortController();

  const waiting = Promise.all(Array.from({ length: 20 }, () => client.getToken({ signal })));
  await vi.waitFor(() => expect(server.tokenRequests()).toHaveLength(1));
  const during = getEventListeners(signal, "abort").length;
  await waiting;

  expect(during).toBe(1);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
