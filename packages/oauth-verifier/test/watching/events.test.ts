import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ListenerFailure, VerifierEvent } from "@credicorp/oauth-verifier";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import type { Answer } from "../support/issuer.ts";
import { createIssuerKey, respond } from "../support/issuer.ts";
import type { Reply } from "../support/introspecting-issuer.ts";
import { replyAlways, setUpIntrospection } from "../support/introspecting-issuer.ts";
import { createTestFeed } from "../support/revocations.ts";
import { setUp } from "../support/set-up.ts";

/**
 * A verifier, and what it tells: the types of the events since the last call.
 *
 * Without the suspicion that the clock of a test is wrong, which it is once the test has moved it.
 */
async function listen(options: Parameters<typeof setUp>[0] = {}) {
  const setting = await setUp(options);
  const events: VerifierEvent[] = [];
  setting.verifier.subscribe((event) => events.push(event));
  const told = async (): Promise<readonly string[]> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const types = events.splice(0).map(({ type }) => type);
    return types.filter((type) => type !== "clock_skew_suspected");
  };
  return { ...setting, events, told };
}

describe("events of a verifier", () => {
  it("tell of an outage from its first failure to its end", async () => {
    const { issuer, clock, verify, told } = await listen({ maxStaleSeconds: 300 });
    issuer.cacheControl = "max-age=100";
    const late = { exp: Date.now() / 1000 + 3600 };
    await verify(late);
    expect(await told()).toEqual(["keys_fetched", "key_added"]);

    issuer.answerKeys = respond(500, "");
    clock.advance(150);
    await verify(late);
    expect(await told()).toEqual(["keys_failed", "keys_stale"]);
    clock.advance(250);
    await verify(late);
    expect(await told()).toEqual(["keys_dead", "keys_failed"]);
    issuer.answerKeys = undefined;
    clock.advance(60);
    await verify(late);
    expect(await told()).toEqual(["keys_fetched", "keys_recovered"]);
  });

  it("tell of a rotation by the ids of its keys", async () => {
    const { issuer, clock, verify, events } = await listen();
    await verify();

    issuer.keys = [createIssuerKey("k2")];
    clock.advance(600);
    expect(await verify()).toBe("ok");
    await expect
      .poll(() => events.filter(({ type }) => type === "key_added" || type === "key_removed"))
      .toEqual([
        { type: "key_added", issuer: issuer.url, kid: "k1", algorithm: "Ed25519" },
        { type: "key_added", issuer: issuer.url, kid: "k2", algorithm: "Ed25519" },
        { type: "key_removed", issuer: issuer.url, kid: "k1", algorithm: "Ed25519" },
      ]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "keys_fetched", issuer: issuer.url, keyIds: ["k2"] }),
    );
  });

  it("ATK-13 tell of a flood of unknown key ids once", async () => {
    const { verify, told } = await listen();
    for (let index = 0; index < 200; index += 1) await verify({}, { kid: `unknown-${index}` });

    const types = await told();
    expect(types.filter((type) => type === "unknown_key_throttled")).toHaveLength(1);
  });

  it("tell that the feed of revocations fails and that it is back, once each", async () => {
    const feed = createTestFeed(createControlledClock(Date.now() / 1000));
    const { verify, told } = await listen({ revocations: { feed, lagSeconds: 0 } });
    await verify();
    await told();

    feed.mode = "throws";
    for (let times = 0; times < 3; times += 1) await verify();
    expect(await told()).toEqual(["revocations_failed"]);
    feed.mode = "up";
    for (let times = 0; times < 3; times += 1) await verify();
    expect(await told()).toEqual(["revocations_recovered"]);
  });

  it("suspect this clock by the Date of the issuer's answers, and say by how much it differs", async () => {
    const { verifier, events } = await listen({
      ports: { clock: createControlledClock(Date.now() / 1000 - 600) },
    });
    await verifier.ready();
    await expect.poll(() => events.map(({ type }) => type)).toContain("clock_skew_suspected");

    const [event] = events.filter(({ type }) => type === "clock_skew_suspected");
    expect(event).toMatchObject({ evidence: "issuer_date" });
    const { offsetSeconds = 0 } = event as { offsetSeconds?: number };
    expect(Math.abs(offsetSeconds - 600)).toBeLessThan(60);
  });

  it("tell that introspection fails and that it is back, once each, and not what one token causes", async () => {
    const { verifier, issuer, clock } = await setUpIntrospection();
    const told: VerifierEvent[] = [];
    verifier.subscribe((event) => told.push(event));
    const ask = async (reply: Reply | undefined, count: number): Promise<void> => {
      issuer.reply = reply;
      for (let asked = 0; asked < count; asked += 1) {
        await verifier.verifyToken(`token-${told.length}-${asked}`);
        clock.advance(31);
      }
    };
    await ask(replyAlways(400, "{}"), 2);
    await ask(replyAlways(401, "{}"), 3);
    await ask(undefined, 2);

    const events = told.filter(({ type }) => type !== "clock_skew_suspected");
    const about = { issuer: issuer.url };
    expect(events).toEqual([
      { ...about, type: "introspection_failed", reason: "introspection_client_refused" },
      { ...about, type: "introspection_recovered", failures: 3 },
    ]);
  });

  it("suspect this clock by the Date of introspection, where nothing else is asked of the issuer", async () => {
    const clock = createControlledClock(Date.now() / 1000 - 600);
    const { verifier, issuer } = await setUpIntrospection({}, { ports: { clock } });
    const events: VerifierEvent[] = [];
    verifier.subscribe((event) => events.push(event));
    await verifier.verifyToken("opaque");
    await expect.poll(() => events.map(({ type }) => type)).toEqual(["clock_skew_suspected"]);

    expect(events[0]).toMatchObject({ evidence: "issuer_date", issuer: issuer.url });
  });

  it.each([
    ["behind", 600, "tokens_issued_in_future", "ok"],
    ["ahead", -2000, "tokens_expired", "rejected: expired"],
  ])("suspect this clock by tokens when it is %s", async (...[, offset, evidence, verdict]) => {
    const { issuer, clock, verify, events } = await listen();
    const { url } = issuer;
    issuer.answerMetadata = dateless(() => ({
      issuer: url,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/jwks`,
    }));
    issuer.answerKeys = dateless(() => ({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    const fresh = (): object => {
      const issuedAt = clock.now() + offset - 1;
      return { iat: issuedAt, exp: issuedAt + 900 };
    };

    for (let count = 0; count < 8; count += 1) expect(await verify(fresh())).toBe(verdict);
    await expect.poll(() => events.map(({ type }) => type)).toContain("clock_skew_suspected");
    const suspicions = events.filter(({ type }) => type === "clock_skew_suspected");
    expect(suspicions).toEqual([
      {
        type: "clock_skew_suspected",
        issuer: issuer.url,
        offsetSeconds: expect.closeTo(offset - 1, 3),
        evidence,
        tokens: 5,
      },
    ]);
  });

  it("are heard by node:diagnostics_channel, too", async () => {
    const { verifier, issuer } = await setUp();
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    const name = "credicorp.oauth.verifier.keys_fetched";
    subscribe(name, listener);
    await verifier.ready();
    unsubscribe(name, listener);

    expect(heard).toEqual([expect.objectContaining({ type: "keys_fetched", issuer: issuer.url })]);
  });

  it("reach the other listeners and disturb no verification when one throws or rejects", async () => {
    const { verifier, verify } = await setUp();
    const failures: ListenerFailure[] = [];
    const heard: string[] = [];
    const planted = new Error("planted");
    const fail = (): never => {
      throw planted;
    };
    verifier.subscribe(fail, (failure) => failures.push(failure));
    verifier.subscribe(
      async () => fail(),
      (failure) => failures.push(failure),
    );
    verifier.subscribe(fail);
    verifier.subscribe(fail, fail);
    verifier.subscribe(({ type }) => heard.push(type));

    expect(await verify()).toBe("ok");
    await expect.poll(() => heard).toEqual(["keys_fetched", "key_added"]);
    await expect.poll(() => failures).toHaveLength(4);
    expect(failures.every(({ cause, event }) => cause === planted && event.issuer !== "")).toBe(
      true,
    );
  });

  it("reach nobody before the work that caused them is done", async () => {
    const { issuer, verifier, clock, events } = await listen();
    await verifier.ready();
    const isSuspected = (): boolean => events.some(({ type }) => type === "clock_skew_suspected");

    for (let count = 0; count < 5; count += 1) {
      const token = issuer.keys[0]?.sign(issuer.claims({ iat: clock.now() + 60 })) ?? "";
      expect(verifier.verifySync(token).kind).toBe("ok");
    }
    expect(isSuspected()).toBe(false);
    await expect.poll(isSuspected).toBe(true);
  });

  it("end with the subscription, of which a function may have two", async () => {
    const { verifier, verify } = await setUp();
    const heard: string[] = [];
    const listener = ({ type }: VerifierEvent): void => void heard.push(type);
    const leave = verifier.subscribe(listener);
    verifier.subscribe(listener);
    leave();
    leave();

    await verify();
    await expect.poll(() => heard).toEqual(["keys_fetched", "key_added"]);
  });

  it("hold neither a token nor who the client is", async () => {
    const { issuer, verifier, clock, events } = await listen({
      reportOnly: { audience: "urn:new" },
    });
    const tokens = Array.from({ length: 10 }, (_, index) => {
      const claims = issuer.claims({
        client_id: "the-client",
        sub: "the-client",
        jti: `j-${index}`,
        iat: clock.now() + 500,
      });
      return issuer.keys[0]?.sign(claims) ?? "";
    });
    for (const token of tokens) await verifier.verifyToken(token);
    await expect.poll(() => events.map(({ type }) => type)).toContain("clock_skew_suspected");

    const text = JSON.stringify(events);
    expect(text).toContain("policy_differs");
    for (const hidden of ["the-client", "j-1", ...tokens.flatMap((token) => token.split("."))]) {
      expect(text).not.toContain(hidden);
    }
  });
});

/** Answers without the field Date. */
function dateless(body: () => object): Answer {
  return (response) => {
    response.sendDate = false;
    response.end(JSON.stringify(body()));
  };
}
