import type { ServerResponse } from "node:http";
import { createServer } from "node:http";

import { describe, expect, it } from "vitest";

import {
  clientSecret,
  replyAlways,
  replyWith,
  setUpIntrospection,
} from "../support/introspecting-issuer.ts";
import { listen } from "../support/listen.ts";
import { describeOutcome } from "../support/set-up.ts";

const json = { "Content-Type": "application/json" };

describe("an introspection endpoint that fails", () => {
  it.each([
    {
      name: "active as a text",
      body: '{"active":"true"}',
      failure: "introspection_active_invalid",
    },
    { name: "no active", body: "{}", failure: "introspection_active_invalid" },
    { name: "active as 1", body: '{"active":1}', failure: "introspection_active_invalid" },
    {
      name: "active twice",
      body: '{"active":false,"active":true}',
      failure: "introspection_not_json",
    },
    { name: "an array", body: "[]", failure: "introspection_not_json" },
    { name: "half of an answer", body: '{"active":true', failure: "introspection_not_json" },
    {
      name: "an exp that is a text",
      body: '{"active":true,"exp":"1"}',
      failure: "introspection_member_invalid",
    },
    {
      name: "a page of HTML",
      body: "<html></html>",
      headers: { "Content-Type": "text/html" },
      failure: "introspection_media_type",
    },
    {
      name: "JSON that is called HTML",
      body: '{"active":true}',
      headers: { "Content-Type": "text/html" },
      failure: "introspection_media_type",
    },
    {
      name: "a signed answer that was not asked for",
      body: "a.b.c",
      headers: { "Content-Type": "application/token-introspection+jwt" },
      failure: "introspection_media_type",
    },
    {
      name: "an answer of more than 64 KiB",
      body: JSON.stringify({ active: true, filling: "x".repeat(70_000) }),
      failure: "too_large",
    },
    { name: "401", status: 401, failure: "introspection_client_refused" },
    { name: "403", status: 403, failure: "introspection_client_refused" },
    { name: "400", status: 400, failure: "introspection_refused" },
    { name: "404", status: 404, failure: "introspection_status" },
    { name: "204", status: 204, failure: "introspection_status" },
    {
      name: "a redirect",
      status: 307,
      headers: { Location: "/elsewhere" },
      failure: "introspection_status",
    },
    { name: "429", status: 429, failure: "introspection_throttled" },
    { name: "500", status: 500, failure: "introspection_failed" },
  ])(
    "ATK-52 makes it a 503 and never the caller's fault: $name",
    async ({ status = 200, body = "", headers = json, failure }) => {
      const { issuer, verifier } = await setUpIntrospection();
      issuer.reply = replyAlways(status, body, headers);

      const outcome = await verifier.verifyToken("the-token");

      if (outcome.kind !== "unavailable") throw new Error(`it was ${outcome.kind}`);
      expect(outcome.detail.code).toBe("introspection_unavailable");
      const { status: answered, headers: fields } = verifier.toResponse(outcome);
      expect(answered).toBe(503);
      expect(fields).toContainEqual(["Retry-After", expect.stringMatching(/^[1-9]\d*$/)]);
      expect(verifier.health().introspection).toMatchObject({ lastFailure: failure, inFlight: 0 });
      expect(JSON.stringify([outcome, verifier.health()])).not.toMatch(
        new RegExp(`the-token|${clientSecret}|html`),
      );
      expect(issuer.questions).toHaveLength(1);
    },
  );

  it("leaves the issuer alone for the time that it asks for, within a minute", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active());
    issuer.reply = replyAlways(503, "", { "Retry-After": "20" });
    const ask = async (): Promise<number> => {
      await verifier.verifyToken("token");
      return issuer.questions.length;
    };

    expect(await ask()).toBe(1);
    clock.advance(19.9);
    expect(await verifier.verifyToken("token")).toMatchObject({
      kind: "unavailable",
      retryAfterSeconds: 1,
    });
    expect(issuer.questions).toHaveLength(1);
    clock.advance(0.1);
    issuer.reply = replyAlways(429, "", { "Retry-After": "86400" });
    expect(await verifier.verifyToken("token")).toMatchObject({
      kind: "unavailable",
      retryAfterSeconds: 60,
    });
    expect(issuer.questions).toHaveLength(2);
    clock.advance(59.9);
    issuer.reply = undefined;
    expect(await ask()).toBe(2);
    clock.advance(0.1);
    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("ok");
    expect(verifier.health().introspection).toMatchObject({ phase: "working", failures: 0 });
  });

  it("asks ever more seldom while it fails, with one question at the end of each pause", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection();
    issuer.reply = replyAlways(500, "");
    const waits: number[] = [];
    let lastMs = 0;

    for (let elapsedMs = 0; elapsedMs < 120_000; elapsedMs += 25) {
      const before = issuer.questions.length;
      await Promise.all(["a", "b", "c"].map((token) => verifier.verifyToken(token)));
      if (issuer.questions.length > before) {
        waits.push(elapsedMs - lastMs);
        lastMs = elapsedMs;
      }
      clock.advance(0.025);
    }

    // The first three were asked at once: nothing was known of the outage then.
    expect(issuer.questions).toHaveLength(waits.length + 2);
    // Three quarters of 0.5, 1, 2, 4, 8, 16 and 30 seconds: half is fixed, and half of the rest is drawn.
    expect(waits).toEqual(
      [0, 375, 750, 1500, 3000, 6000, 12_000, 22_500, 22_500, 22_500, 22_500].slice(
        0,
        waits.length,
      ),
    );
    expect(waits.length).toBeGreaterThan(8);
  });

  it("ATK-40 stops nobody else for a request that is refused for its token alone", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("good", issuer.active());
    issuer.reply = (response, question, request) => {
      const isPoison = question.form["token"] === "poison";
      (isPoison ? replyAlways(400, "") : replyWith(issuer.tokens))(response, question, request);
    };

    expect(describeOutcome(await verifier.verifyToken("poison"))).toBe(
      "unavailable: introspection_unavailable",
    );
    expect(describeOutcome(await verifier.verifyToken("good"))).toBe("ok");
  });

  it("goes on with what was answered before, to its age and no longer", async () => {
    const { issuer, clock, verifier } = await setUpIntrospection({ maxAgeSeconds: 20 });
    issuer.tokens.set("token", issuer.active());
    await verifier.verifyToken("token");
    issuer.reply = replyAlways(500, "");

    clock.advance(19.9);
    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("ok");
    clock.advance(0.1);
    expect(describeOutcome(await verifier.verifyToken("token"))).toBe(
      "unavailable: introspection_unavailable",
    );
  });

  it("asks once more when a connection breaks, and gives up when the second does", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("token", issuer.active());
    let broken = 0;
    issuer.reply = (response, question, request) => {
      broken += 1;
      if (broken === 1) request.socket.destroy();
      else replyWith(issuer.tokens)(response, question, request);
    };
    expect(describeOutcome(await verifier.verifyToken("token"))).toBe("ok");
    expect(issuer.questions).toHaveLength(2);

    issuer.reply = (_response, _question, request) => request.socket.destroy();
    await verifier.verifyToken("other");
    expect(issuer.questions).toHaveLength(4);
    expect(verifier.health().introspection).toMatchObject({
      phase: "paused",
      lastFailure: "network",
    });
  });

  it.each([
    { name: "no answer", reply: () => undefined },
    {
      name: "half of an answer",
      reply: (response: ServerResponse) => response.writeHead(200, json).write('{"active"'),
    },
  ])("does not wait for $name longer than it may", async ({ reply }) => {
    // Whoever took the verifier's time for it would wait longer than the test may.
    const { issuer, verifier } = await setUpIntrospection({ timeoutMs: 50 }, { timeoutMs: 60_000 });
    await verifier.ready();
    issuer.reply = reply;

    await verifier.verifyToken("token");

    expect(verifier.health().introspection).toMatchObject({ lastFailure: "timeout" });
  });

  it("never sends its secret to where a redirect points", async () => {
    const reached: string[] = [];
    const elsewhere = createServer((request, response) => {
      reached.push(request.url ?? "");
      response.writeHead(200, json).end('{"active":true}');
    });
    const port = await listen(elsewhere);
    const { issuer, verifier } = await setUpIntrospection();
    issuer.reply = replyAlways(308, "", { Location: `http://127.0.0.1:${port}/introspect` });

    expect((await verifier.verifyToken("token")).kind).toBe("unavailable");
    expect(reached).toEqual([]);
  });

  it("is looked for again in the metadata when it fails, and not for what one token causes alone", async () => {
    const { issuer, verifier, clock } = await setUpIntrospection();
    const lookUps = async (status: number): Promise<number> => {
      issuer.reply = replyAlways(status, "{}");
      await verifier.verifyToken(`token-${issuer.questions.length}`);
      clock.advance(31);
      return issuer.fetched.length;
    };

    expect(await lookUps(400)).toBe(1);
    expect(await lookUps(404)).toBe(1);
    expect(await lookUps(404)).toBe(2);
    issuer.reply = undefined;
    await verifier.verifyToken("token");
    await verifier.verifyToken("other");
    expect(issuer.fetched).toHaveLength(3);
  });

  it("asks nobody after it was closed", async () => {
    const { issuer, verifier } = await setUpIntrospection();
    issuer.tokens.set("kept", issuer.active());
    await verifier.verifyToken("kept");
    let answer = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      issuer.reply = (response) => {
        answer = () => void response.end();
        resolve();
      };
    });
    const open = verifier.verifyToken("open");
    await arrived;

    verifier.close();

    expect((await open).kind).toBe("unavailable");
    expect((await verifier.verifyToken("new")).kind).toBe("unavailable");
    expect(describeOutcome(await verifier.verifyToken("kept"))).toBe("ok");
    expect(issuer.questions).toHaveLength(2);
    answer();
  });
});
