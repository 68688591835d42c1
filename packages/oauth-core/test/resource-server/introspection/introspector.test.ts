import type { CancelSignal, Result } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { IntrospectionResponse } from "@credicorp/oauth-core/protocol";
import type {
  Introspected,
  IntrospectionOutage,
  Introspector,
} from "@credicorp/oauth-core/resource-server";
import { createIntrospector } from "@credicorp/oauth-core/resource-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

type Answer = Result<IntrospectionResponse, IntrospectionOutage>;

/** An introspector whose questions a test answers, in the order in which they were asked. */
function setUp(maxAgeMs = 10_000, maxInFlight = 10) {
  const clock = createControlledClock();
  const asked: { readonly token: string; readonly answer: (answer: Answer) => void }[] = [];
  const signals: CancelSignal[] = [];
  const introspector = createIntrospector(
    async (token, signal) => {
      signals.push(signal);
      return new Promise<Answer>((resolve) => {
        asked.push({ token, answer: resolve });
      });
    },
    { maxAgeMs, maxInFlight },
    { clock, random: { fraction: () => 0.5 } },
  );
  return { clock, asked, signals, introspector };
}

const active = (subject: string): Answer => ok({ active: true, subject });

async function ask(introspector: Introspector, token: string): Promise<Introspected> {
  return introspector.introspect(token);
}

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function subjectOf(introspected: Introspected): unknown {
  return introspected.kind === "answered" && introspected.response.active
    ? introspected.response.subject
    : introspected;
}

describe("an introspector", () => {
  it("shares a question among requests that came less than its age after it", async () => {
    const { clock, asked, introspector } = setUp();
    const first = introspector.introspect("a");
    clock.advance(9.999);
    const second = introspector.introspect("a");
    clock.advance(0.001);
    const third = introspector.introspect("a");
    const fourth = introspector.introspect("a");
    await turn();

    asked[0]?.answer(active("early"));
    expect(subjectOf(await first)).toBe("early");
    expect(subjectOf(await second)).toBe("early");
    await turn();
    asked[1]?.answer(active("late"));

    expect(subjectOf(await third)).toBe("late");
    expect(subjectOf(await fourth)).toBe("late");
    expect(asked).toHaveLength(2);
  });

  it("asks one question at a time even for a request that comes the moment one is answered", async () => {
    const { asked, introspector } = setUp(0);
    const chained = Promise.resolve(introspector.introspect("a")).then(async () =>
      introspector.introspect("a"),
    );
    const queued = introspector.introspect("a");
    await turn();

    asked[0]?.answer(active("first"));
    await turn();

    expect(asked).toHaveLength(2);
    asked[1]?.answer(active("second"));
    expect(subjectOf(await chained)).toBe("second");
    expect(subjectOf(await queued)).toBe("second");
  });

  it("ATK-52 gives each token its own answer, whichever comes first", async () => {
    const { asked, introspector } = setUp();
    const answers = ["a", "b", "c"].map((token) => ask(introspector, token));
    await turn();

    for (const { token, answer } of asked.toReversed()) answer(active(token));

    expect((await Promise.all(answers)).map(subjectOf)).toEqual(["a", "b", "c"]);
  });

  it("refuses more questions than may be open, and is no worse for it", async () => {
    const { asked, introspector } = setUp(10_000, 2);
    const open = ["a", "b"].map((token) => ask(introspector, token));
    await turn();

    expect(introspector.introspect("c")).toEqual({
      kind: "outage",
      outage: { code: "introspection_busy", retryAfterSeconds: 1 },
    });
    expect(introspector.health()).toMatchObject({ inFlight: 2, failures: 0 });
    for (const { token, answer } of asked) answer(active(token));
    await Promise.all(open);
    expect(introspector.introspect("c")).toBeInstanceOf(Promise);
  });

  it("counts an outage that many questions meet once, and asks one at its end", async () => {
    const { clock, asked, introspector } = setUp();
    const all = ["a", "b", "c"].map((token) => ask(introspector, token));
    await turn();
    for (const { answer } of asked) answer(failed({ code: "timeout" }));
    await Promise.all(all);
    expect(introspector.health()).toEqual({
      phase: "paused",
      failures: 1,
      lastFailure: "timeout",
      inFlight: 0,
    });
    expect(introspector.introspect("d")).toEqual({
      kind: "outage",
      outage: { code: "timeout", retryAfterSeconds: 0.375 },
    });

    clock.advance(0.375);
    const probe = introspector.introspect("d");
    await turn();
    expect(introspector.introspect("e")).toMatchObject({ kind: "outage" });
    expect(introspector.health().phase).toBe("probing");
    asked[3]?.answer(active("d"));
    expect(subjectOf(await probe)).toBe("d");

    expect(introspector.health().phase).toBe("working");
    expect(introspector.introspect("e")).toBeInstanceOf(Promise);
  });

  it("believes nothing that was asked before a pause about what is after it", async () => {
    const { clock, asked, introspector } = setUp();
    const [slow, refused] = ["slow", "refused"].map((token) => ask(introspector, token));
    await turn();
    asked[1]?.answer(failed({ code: "introspection_throttled", retryAfterSeconds: 30 }));
    await refused;

    clock.advance(1);
    asked[0]?.answer(active("slow"));

    expect(slow && subjectOf(await slow)).toBe("slow");
    expect(introspector.introspect("other")).toMatchObject({
      outage: { code: "introspection_throttled", retryAfterSeconds: 29 },
    });
  });

  it("lengthens a pause for what the server asks of a question from before it", async () => {
    const { clock, asked, introspector } = setUp();
    const both = ["a", "b"].map((token) => ask(introspector, token));
    await turn();
    asked[0]?.answer(failed({ code: "introspection_failed" }));
    await turn();
    asked[1]?.answer(failed({ code: "introspection_throttled", retryAfterSeconds: 30 }));
    await Promise.all(both);

    clock.advance(29);
    expect(introspector.introspect("c")).toMatchObject({ outage: { retryAfterSeconds: 1 } });
    clock.advance(1);
    expect(introspector.introspect("c")).toBeInstanceOf(Promise);
  });

  it("outlives a source that throws, at once or later", async () => {
    for (const source of [
      () => {
        throw new Error("broken");
      },
      async () => Promise.reject(new Error("broken")),
    ]) {
      const introspector = createIntrospector(
        source,
        { maxAgeMs: 1000, maxInFlight: 1 },
        { clock: createControlledClock(), random: { fraction: () => 0 } },
      );
      expect(await introspector.introspect("a")).toEqual({
        kind: "outage",
        outage: { code: "port_threw", retryAfterSeconds: 0.25 },
      });
      expect(introspector.health()).toMatchObject({ inFlight: 0, lastFailure: "port_threw" });
    }
  });

  it("ends its questions when it is closed, and asks no other", async () => {
    const { signals, introspector } = setUp();
    void introspector.introspect("a");
    await turn();

    introspector.close();

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(introspector.introspect("b")).toMatchObject({ outage: { code: "closed" } });
  });
});
