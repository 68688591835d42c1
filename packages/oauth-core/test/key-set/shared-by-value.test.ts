import type { Sleep } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type {
  KeySetAnswer,
  KeySetSource,
  KeySetSourceFailure,
} from "@credicorp/oauth-core/key-set";
import {
  createRemoteKeySet,
  defaultKeySetOptions,
  shareByValue,
} from "@credicorp/oauth-core/key-set";
import type { Result } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

/** Requests as Workers has them: what one has begun is never heard of again once it has gone. */
function setUp() {
  const clock = createControlledClock();
  let timers: { readonly owner: string; readonly atMs: number; readonly ring: () => void }[] = [];
  let fetches: {
    readonly owner: string;
    readonly answer: (result: Result<KeySetAnswer, KeySetSourceFailure>) => void;
  }[] = [];
  let owner = "";
  let count = 0;

  const source: KeySetSource = () => {
    count += 1;
    return new Promise((resolve) => {
      fetches.push({ owner, answer: resolve });
    });
  };
  const sleep: Sleep = (ms) =>
    new Promise((resolve) => {
      timers.push({ owner, atMs: clock.monotonicMs() + ms, ring: resolve });
    });
  const keys = createRemoteKeySet(source, {
    keySet: defaultKeySetOptions,
    algorithms: ["ES256"],
    share: (run) => shareByValue(run, { clock, sleep }),
    ports: {
      clock,
      random: { fraction: () => 0.5 },
      signatureEngine: {
        importVerificationKey: (jwk, algorithm) => ok({ algorithm, handle: jwk.kid }),
      },
    },
  });

  /** Lets all run that can, on behalf of a request. */
  async function settle(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  return {
    clock,
    keys,
    fetchCount: () => count,

    /** Has a request look a key up; what came of it is in the list. */
    lookUp: async (request: string, kid = "a"): Promise<string[]> => {
      owner = request;
      const answers: string[] = [];
      void Promise.resolve(keys.lookUpKey({ kid, algorithm: "ES256" })).then(({ kind }) =>
        answers.push(kind),
      );
      await settle();
      return answers;
    },

    /** Ends a request, with all that it has begun. */
    end: (request: string): void => {
      timers = timers.filter((timer) => timer.owner !== request);
      fetches = fetches.filter((fetch) => fetch.owner !== request);
    },

    /** Answers all fetches in flight, or those of one request. */
    answer: async (kids: readonly string[] | string, request?: string): Promise<void> => {
      const answered = fetches.filter((fetch) => [undefined, fetch.owner].includes(request));
      fetches = fetches.filter((fetch) => !answered.includes(fetch));
      for (const fetch of answered) {
        owner = fetch.owner;
        fetch.answer(
          typeof kids === "string"
            ? failed({ code: kids })
            : ok({
                kind: "received",
                keys: kids.map((kid) => ({ kty: "EC", crv: "P-256", kid, x: kid, y: "y" })),
                maxAgeSeconds: 300,
              }),
        );
        // oxlint-disable-next-line no-await-in-loop -- each on behalf of its own request
        await settle();
      }
    },

    /** Lets time pass, 10 ms at a time. */
    pass: async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 10) {
        clock.advance(0.01);
        const due = timers.filter(({ atMs }) => atMs <= clock.monotonicMs());
        timers = timers.filter((timer) => !due.includes(timer));
        for (const timer of due) {
          owner = timer.owner;
          timer.ring();
          // oxlint-disable-next-line no-await-in-loop -- each on behalf of its own request
          await settle();
        }
      }
    },
  };
}

describe("a key set whose fetches are shared by value", () => {
  it("makes one fetch for many, who look for what it has brought", async () => {
    const { lookUp, answer, pass, fetchCount } = setUp();
    const first = await lookUp("first");
    const others = await Promise.all([lookUp("second"), lookUp("third")]);
    await pass(5000);

    await answer(["a"]);
    expect([first, ...others]).toEqual([["found"], [], []]);
    await pass(200);

    expect([first, ...others]).toEqual([["found"], ["found"], ["found"]]);
    expect(fetchCount()).toBe(1);
  });

  it("tells those that wait that it has failed, too", async () => {
    const { lookUp, answer, pass, fetchCount } = setUp();
    const first = await lookUp("first");
    const second = await lookUp("second");

    await answer("network");
    await pass(200);

    expect([first, second]).toEqual([["unavailable"], ["unavailable"]]);
    expect(fetchCount()).toBe(1);
  });

  it("has one of those that wait fetch again, a second after the owner's last sign of life", async () => {
    const { lookUp, answer, end, pass, fetchCount } = setUp();
    await lookUp("first");
    const second = await lookUp("second");
    const third = await lookUp("third");
    await pass(400);
    end("first");

    await pass(790);
    expect(fetchCount()).toBe(1);
    await pass(420);
    expect(fetchCount()).toBe(2);
    await answer(["a"]);
    await pass(200);

    expect([second, third]).toEqual([["found"], ["found"]]);
    expect(fetchCount()).toBe(2);
  });

  it("has a later request fetch where the owner and all that waited have gone", async () => {
    const { lookUp, answer, end, pass, fetchCount } = setUp();
    await lookUp("first");
    end("first");
    await pass(1000);

    const later = await lookUp("later");
    expect(fetchCount()).toBe(2);
    await answer(["a"]);

    expect(later).toEqual(["found"]);
  });

  it("does not heed what an owner brings that was taken to be gone", async () => {
    const { clock, keys, lookUp, answer } = setUp();
    await lookUp("first");
    // A standstill: no sign of life, though it lives.
    clock.advance(2);
    const second = await lookUp("second");

    await answer(["old"], "first");
    expect(keys.health()).toMatchObject({ phase: "empty", keyIds: [] });
    await answer(["a"]);

    expect(second).toEqual(["found"]);
    expect(keys.health()).toMatchObject({ phase: "fresh", keyIds: ["a"] });
  });

  it("has whoever begins a refresh stay until it has ended", async () => {
    const { clock, keys, lookUp, answer, fetchCount } = setUp();
    await lookUp("first");
    await answer(["a"]);
    clock.advance(270);

    const refreshing = await lookUp("refreshing");
    const meanwhile = await lookUp("meanwhile");
    expect([refreshing, meanwhile]).toEqual([[], ["found"]]);
    await answer(["a", "b"]);

    expect(refreshing).toEqual(["found"]);
    expect(fetchCount()).toBe(2);
    expect(keys.health()).toMatchObject({ phase: "fresh", keyIds: ["a", "b"] });
  });

  it("keeps it for a second at most, and fetches again when it has gone", async () => {
    const { clock, lookUp, end, answer, pass, fetchCount } = setUp();
    await lookUp("first");
    await answer(["a"]);
    clock.advance(270);
    const refreshing = await lookUp("refreshing");

    await pass(990);
    expect(refreshing).toEqual([]);
    await pass(10);
    expect(refreshing).toEqual(["found"]);
    end("refreshing");
    await pass(1000);

    await lookUp("next");
    expect(fetchCount()).toBe(3);
  });
});
