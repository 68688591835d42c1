import type { ServerRequest } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import type { Journal } from "../../src/journal/journal.ts";
import { createJournal } from "../../src/journal/journal.ts";
import { createSandboxRequests } from "../../src/journal/sandbox-requests.ts";

const request: ServerRequest = {
  method: "GET",
  target: "/a?b",
  headers: [["Host", "localhost"]],
  body: new Uint8Array(),
  peer: { address: "127.0.0.1", secure: false },
};

const seams = {
  origin: () => "http://localhost",
  version: () => "1.2.3",
  closing: new AbortController().signal,
};

interface Counted {
  readonly journal: Journal;
  readonly send: (id?: string) => Promise<unknown>;

  /** How many entries were looked at for a filter by endpoint, and how many looks at texts were begun. */
  readonly looks: { entries: number; atTexts: number };
}

function setUp(maxEntries = 10_000): Counted {
  const looks = { entries: 0, atTexts: 0 };
  const journal = createJournal(
    { maxEntries },
    {
      clock: createControlledClock(),
      isClientId: () => false,
      endpointOf: () => {
        looks.entries += 1;
        return "other";
      },
      beginLook: () => {
        looks.atTexts += 1;
        return (text) => text;
      },
      findClient: () => undefined,
    },
  );
  const send = (id = "an-id"): Promise<unknown> =>
    journal.withJournal(async () => ({
      status: 200,
      headers: [["X-Request-Id", id]],
      body: "",
    }))(request);
  return { journal, send, looks };
}

describe("what is read of a journal", () => {
  it("is one entry for each that arrives while somebody waits, however many there are", async () => {
    const { journal, send, looks } = setUp();
    const requests = createSandboxRequests(journal, seams);
    for (let turn = 0; turn < 100; turn += 1) await send();

    const waiting = requests.waitFor({ endpoint: "other" }, { count: 1100 });
    expect(looks.entries).toBe(100);
    for (let turn = 0; turn < 999; turn += 1) await send();
    expect(looks.entries).toBe(1099);
    await send();

    expect(await waiting).toHaveLength(1100);
  });

  it("are the texts of all in one look, and of none to count", async () => {
    const { journal, send, looks } = setUp();
    const requests = createSandboxRequests(journal, seams);
    for (let turn = 0; turn < 10; turn += 1) await send();

    requests.count({ endpoint: "other" });
    expect(looks.atTexts).toBe(0);
    requests.list();
    expect(looks.atTexts).toBe(1);
  });

  it("is the entry of an id alone, of a moment, and behind a number", async () => {
    const { journal, send, looks } = setUp();
    for (let turn = 0; turn < 10; turn += 1) await send(`id-${turn}`);
    // A record is copied to be read.
    const copies = vi.spyOn(Buffer, "from");
    onTestFinished(() => copies.mockRestore());

    expect(journal.sequences({ requestId: "id-3", endpoint: "other" })).toEqual([4]);
    expect(journal.sequences({ afterSequence: 9, endpoint: "other" })).toEqual([10]);
    expect(journal.sequences({ since: 1_700_000_001, endpoint: "other" })).toEqual([]);
    expect(looks.entries).toBe(2);
    expect(copies).toHaveBeenCalledTimes(2);
  });
});

it("tells how long an answer was in bytes", async () => {
  const { journal } = setUp();
  const answers = [
    { status: 200, headers: [], body: "ä€𝄞" },
    { status: 200, headers: [], body: "ä€𝄞", delivery: { cut: "truncate", truncateAfterBytes: 4 } },
    { status: 200, headers: [], body: "ä€𝄞", delivery: { cut: "reset" } },
    { status: 304, headers: [], body: "ä€𝄞" },
  ] as const;

  for (const answer of answers) await journal.withJournal(async () => answer)(request);

  expect(journal.list().map(({ response }) => response.bodyBytes)).toEqual([9, 4, 0, 0]);
});

describe("waiting in a journal that is full", () => {
  it("counts what is there, and not what has gone", async () => {
    const { journal, send } = setUp(3);
    const requests = createSandboxRequests(journal, seams);
    for (let turn = 0; turn < 3; turn += 1) await send("wanted");

    const waiting = requests.waitFor({ requestId: "wanted" }, { count: 3, timeoutMs: 5000 });
    expect(await waiting).toHaveLength(3);
    await send("other");
    const late = requests.waitFor({ requestId: "wanted" }, { count: 3 });
    await send("wanted");
    await send("wanted");
    expect(await Promise.race([late, Promise.resolve("waiting")])).toBe("waiting");
    await send("wanted");

    expect((await late).map(({ sequence }) => sequence)).toEqual([5, 6, 7]);
  });

  it("begins anew when it is cleared", async () => {
    const { journal, send } = setUp();
    const requests = createSandboxRequests(journal, seams);
    await send();

    const waiting = requests.waitFor({}, { count: 2 });
    requests.clear();
    await send();
    expect(await Promise.race([waiting, Promise.resolve("waiting")])).toBe("waiting");
    await send();

    expect((await waiting).map(({ sequence }) => sequence)).toEqual([2, 3]);
  });
});

describe("a flood of requests with thousands of fields", () => {
  it("takes no more than the journal may, by what is kept of them", async () => {
    const maxBytes = 1_000_000;
    const sandbox = await createSandbox({ journal: { maxBytes }, additionalAlgorithms: [] });
    onTestFinished(() => sandbox.close());
    const headers = Array.from({ length: 3000 }, () => ["a", "b"] as const);

    for (let turn = 0; turn < 200; turn += 1) await sandbox.handle({ ...request, headers });

    const kept = sandbox.requests.list().map((entry) => entry.request.headers.length);
    // A name, a value, and how long each of them is: four bytes at least.
    const bytes = kept.reduce((sum, count) => sum + 4 * count, 0);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    // What is counted beside the fields is little.
    expect(bytes).toBeGreaterThan(0.9 * maxBytes);
    expect(new Set(kept)).toEqual(new Set([3000]));
  });
});
