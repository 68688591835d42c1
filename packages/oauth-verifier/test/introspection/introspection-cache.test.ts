import { createMemoryRevocationFeed } from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import { replyWith, setUpIntrospection } from "../support/introspecting-issuer.ts";
import { describeOutcome } from "../support/set-up.ts";

describe("answers that are kept", () => {
  it("lets a token in for 30 seconds after it was asked about, and keeps one out for 5", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection();
    issuer.tokens.set("good", issuer.active());
    const verify = async (token: string): Promise<string> =>
      `${describeOutcome(await verifier.verifyToken(token))} ${issuer.questions.length}`;
    expect(await verify("good")).toBe("ok 1");
    expect(await verify("bad")).toBe("rejected: inactive 2");
    issuer.tokens.delete("good");
    issuer.tokens.set("bad", issuer.active());

    clock.advance(4.9);
    expect(await verify("bad")).toBe("rejected: inactive 2");
    clock.advance(0.1);
    expect(await verify("bad")).toBe("ok 3");
    clock.advance(24.9);
    expect(await verify("good")).toBe("ok 3");
    clock.advance(0.1);
    expect(await verify("good")).toBe("rejected: inactive 4");
  });

  it("ATK-52 lets no token in by a kept answer once it has expired, not even within the tolerance", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection({}, { clockToleranceSeconds: 5 });
    issuer.tokens.set("token", issuer.active({ exp: clock.now() + 10 }));
    const verify = async (): Promise<string> =>
      `${describeOutcome(await verifier.verifyToken("token"))} ${issuer.questions.length}`;
    expect(await verify()).toBe("ok 1");

    clock.advance(9.9);
    expect(await verify()).toBe("ok 1");
    clock.advance(0.1);
    // The issuer's word still counts for as long as the clocks may differ.
    expect(await verify()).toBe("ok 2");
    clock.advance(5);
    expect(await verify()).toBe("rejected: expired 3");
  });

  it("ATK-52 lets a verified token in no longer than the issuer says, if that is earlier", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection({ tokenFormat: "jwt" });
    const token = issuer.issue({}, { exp: Math.floor(clock.now()) + 10 });
    const verify = async (): Promise<string> =>
      `${describeOutcome(await verifier.verifyToken(token))} ${issuer.questions.length}`;
    expect(await verify()).toBe("ok 1");

    clock.advance(8);
    expect(await verify()).toBe("ok 1");
    clock.advance(8);
    expect(await verify()).toBe("rejected: expired 2");
  });

  it("ATK-40 keeps no token out that time has made valid", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection({}, { clockToleranceSeconds: 0 });
    issuer.tokens.set("token", issuer.active({ nbf: clock.now() + 1 }));

    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("rejected: not_yet_valid");
    clock.advance(1);
    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("ok");
  });

  it("keeps no answer where it may not", async () => {
    const { issuer, verifier } = await setUpIntrospection({
      maxAgeSeconds: 0,
      maxNegativeAgeSeconds: 0,
    });
    issuer.tokens.set("good", issuer.active());
    for (const token of ["good", "good", "bad", "bad"]) await verifier.verifyToken(token);
    expect(issuer.questions).toHaveLength(4);

    const other = await setUpIntrospection({ maxCacheBytes: null });
    other.issuer.tokens.set("good", other.issuer.active());
    for (const token of ["good", "good"]) await other.verifier.verifyToken(token);
    expect(other.issuer.questions).toHaveLength(2);
  });

  it("ATK-37 finds a token by the whole of it", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    const tail = "T".repeat(40);
    issuer.tokens.set(`a${tail}`, issuer.active({ sub: "a" }));
    issuer.tokens.set(`b${tail}`, issuer.active({ sub: "b" }));

    for (const name of ["a", "b", "a", "b"]) {
      expect(await verifier.verifyToken(name + tail)).toMatchObject({
        principal: { subject: name },
      });
    }
    expect(describeOutcome(await verifier.verifyToken(`c${tail}`))).toBe("rejected: inactive");
    expect(describeOutcome(await verifier.verifyToken(tail))).toBe("rejected: inactive");
  });

  it("ATK-38 shares frozen values", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active());

    const first = await verifier.verifyToken("token");
    const second = await verifier.verifyToken("token");

    if (first.kind !== "ok") throw new Error("it was not let in");
    expect(second).toBe(first);
    expect(Object.isFrozen(first.principal.claims.audience)).toBe(true);
    expect(Object.isFrozen(first.principal)).toBe(true);
  });

  it("ATK-41 keeps good tokens through a flood of garbage", async () => {
    const { issuer, verifier } = await setUpIntrospection({ maxCacheBytes: 40_000 });
    issuer.tokens.set("good", issuer.active());
    await verifier.verifyToken("good");

    for (let index = 0; index < 200; index += 1) {
      await verifier.verifyToken(`garbage-${index}-${"x".repeat(500)}`);
    }

    expect(issuer.questions).toHaveLength(201);
    expect(describeOutcome(await verifier.verifyToken("good"))).toBe("ok");
    expect(issuer.questions).toHaveLength(201);
  });

  it("REV-05 lets no token in by a kept answer that the feed of revocations has overtaken", async () => {
    const clock = createControlledClock(Date.now() / 1000);
    const feed = createMemoryRevocationFeed(clock);
    const { issuer, verifier } = await setUpIntrospection(
      {},
      { revocations: { feed }, ports: { clock } },
    );
    const jwt = issuer.issue();
    issuer.tokens.set("by-jti", issuer.active({ jti: "one" }));
    issuer.tokens.set("by-client", issuer.active({ client_id: "c", sub: "c", jti: undefined }));
    issuer.tokens.set("untouched", issuer.active({ jti: undefined }));
    const tokens = ["by-jti", "by-client", "untouched", jwt];
    const verifyAll = async (): Promise<readonly string[]> =>
      Promise.all(tokens.map(async (token) => describeOutcome(await verifier.verifyToken(token))));
    expect(await verifyAll()).toEqual(["ok", "ok", "ok", "ok"]);

    await feed.append({ kind: "token", jti: "one", expiresAt: clock.now() + 900 });
    await feed.append({ kind: "client", clientId: "c", notBefore: clock.now() + 1 });
    await feed.append({ kind: "key", kid: "k1" });
    clock.advance(5);

    const revoked = "rejected: revoked";
    expect(await verifyAll()).toEqual([revoked, revoked, "ok", revoked]);
    expect(issuer.questions).toHaveLength(4);
  });
});

describe("questions that are shared", () => {
  it("asks once for 1,000 simultaneous requests with one token", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active());

    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async () => verifier.verifyToken("token")),
    );

    expect(outcomes.every(({ kind }) => kind === "ok")).toBe(true);
    expect(issuer.questions).toHaveLength(1);
  });

  it("ATK-52 gives every request the answer about its own token, in whatever order they come", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    const names = Array.from({ length: 60 }, (_, index) => `token-${index % 20}`);
    for (const name of names) issuer.tokens.set(name, issuer.active({ sub: name }));
    const held: (() => void)[] = [];
    issuer.reply = (...input) => {
      held.push(() => replyWith(issuer.tokens)(...input));
      if (held.length === 20) for (const release of held.toReversed()) release();
    };

    const outcomes = await Promise.all(names.map((name) => verifier.verifyToken(name)));

    expect(outcomes.map((outcome) => outcome.kind === "ok" && outcome.principal.subject)).toEqual(
      names,
    );
    expect(issuer.questions).toHaveLength(20);
  });

  it("answers no request by a question that was asked before it came, where nothing may be kept", async () => {
    const { issuer, verifier } = await setUpIntrospection({ scopes: ["payments:write"] });
    const token = issuer.issue();
    await verifier.ready();
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      issuer.reply = (...input) => {
        // What is said is what was true when the question arrived.
        const told = new Map(issuer.tokens);
        release = () => replyWith(told)(...input);
        resolve();
      };
    });
    const early = verifier.verifyToken(token);
    await arrived;
    issuer.tokens.delete(token);
    issuer.reply = undefined;

    const late = Array.from({ length: 100 }, async () => verifier.verifyToken(token));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    release();

    expect(describeOutcome(await early)).toBe("ok");
    const verdicts = (await Promise.all(late)).map(describeOutcome);
    expect(new Set(verdicts)).toEqual(new Set(["rejected: inactive"]));
    expect(issuer.questions).toHaveLength(2);
  });

  it("bounds the questions that are open at once", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    await verifier.ready();
    const held: (() => void)[] = [];
    issuer.reply = (...input) => {
      held.push(() => replyWith(issuer.tokens)(...input));
      if (held.length === 256) for (const release of held) release();
    };

    const outcomes = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => verifier.verifyToken(`token-${index}`)),
    );

    const verdicts = outcomes.map(describeOutcome);
    expect(verdicts.slice(0, 256)).toEqual(Array(256).fill("rejected: inactive"));
    expect(verdicts.slice(256)).toEqual(Array(44).fill("unavailable: introspection_unavailable"));
    // Too many questions are no outage.
    issuer.reply = undefined;
    expect(describeOutcome(await verifier.verifyToken("later"))).toBe("rejected: inactive");
  });
});
