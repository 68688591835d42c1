import { setImmediate } from "node:timers/promises";

import type { HeaderList, HttpResponse, Result, TransportFailure } from "@credicorp/oauth-core";
import { createMemoryRevocationFeed } from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { IntrospectionOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import { createIssuerKey } from "../support/issuer.ts";

const issuer = "https://as.example";
const start = 1_700_000_000;
const maxRefusalAgeMs = 5000;
const key = createIssuerKey("k1");
const jwks = Buffer.from(JSON.stringify({ keys: [key.jwk] }));

/** Good until the stated second; the issuer may end each of them earlier. */
const tokens = [30, 60, 400, 400, 1e6, 1e6].map((life, index) => {
  const claims = {
    iss: issuer,
    sub: `c${index}`,
    client_id: `c${index}`,
    aud: "a",
    scope: "s",
    iat: start,
    exp: start + life,
    jti: `${index}`,
  };
  return { jti: claims.jti, expiresAt: claims.exp, text: key.sign(claims), claims };
});

type Mode = "up" | "late" | "500" | "429" | "401" | "html" | "network";
type Step =
  | { readonly kind: "verify"; readonly token: number; readonly times: number }
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "end"; readonly token: number }
  | { readonly kind: "restore"; readonly token: number }
  | { readonly kind: "revoke"; readonly token: number }
  | { readonly kind: "mode"; readonly mode: Mode }
  | { readonly kind: "release" };

const token = fc.nat({ max: tokens.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant("verify" as const),
      token,
      times: fc.constantFrom(1, 1, 3),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      seconds: fc.constantFrom(0.001, 0.3, 1, 2, 4.999, 5, 9, 19.999, 20, 61),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("end" as const), token }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restore" as const), token }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revoke" as const), token }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("mode" as const),
      mode: fc.constantFrom<Mode>("up", "up", "up", "late", "500", "429", "401", "html", "network"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const) }) },
);

/** A question that reached the issuer, and what became of it. `order` orders questions and requests. */
interface Question {
  readonly token: string;
  readonly askedMs: number;
  readonly order: number;
  state: "open" | "active" | "inactive" | "failed";
}

interface Tally {
  accepted: number;
  refused: number;
  unavailable: number;
  questions: number;
}

/** An issuer, a verifier, and everything that must hold between them. */
function createWorld(
  introspection: Partial<IntrospectionOptions>,
  jitter: () => number,
  tally: Tally,
) {
  const maxAgeMs =
    (introspection.scopes === undefined ? (introspection.maxAgeSeconds ?? 30) : 0) * 1000;
  const clock = createControlledClock(start);
  const feed = createMemoryRevocationFeed(clock);
  const violations = new Set<string>();
  const must = (holds: boolean, promise: string): void => {
    if (!holds) violations.add(promise);
  };
  const questions: Question[] = [];
  const ended = new Set<string>();
  const revoked = new Set<string>();
  const late: { readonly deadlineMs: number; readonly settle: (isTimeout: boolean) => void }[] = [];
  let mode: Mode = "up";
  let order = 0;
  // What is known of the pause: when it began, until when nobody may ask at the least, and how many there were.
  let pause = { sinceMs: -Infinity, untilMs: -Infinity, count: 0, turn: -1 };
  let turn = 0;

  const onAsked = (text: string): Question => {
    const nowMs = clock.monotonicMs();
    const open = questions.filter(({ state }) => state === "open");
    must(!open.some((other) => other.token === text), "one question at a time for a token");
    // What is asked in the turn of the failure is on its way before the answer is there.
    must(nowMs >= pause.untilMs || turn === pause.turn, "no question during a pause");
    const probes = open.filter(({ askedMs }) => askedMs > pause.sinceMs);
    must(pause.count === 0 || probes.length === 0, "one question at the end of a pause");
    order += 1;
    const question: Question = { token: text, askedMs: nowMs, order, state: "open" };
    questions.push(question);
    tally.questions += 1;
    return question;
  };
  const onFailed = (question: Question, retryAfterSeconds: number): void => {
    question.state = "failed";
    const nowMs = clock.monotonicMs();
    const retryMs = nowMs + retryAfterSeconds * 1000;
    if (question.askedMs <= pause.sinceMs) {
      pause.untilMs = Math.max(pause.untilMs, retryMs);
      return;
    }
    const shortestMs = Math.min(500 * 2 ** pause.count, 30_000) / 2;
    pause = {
      sinceMs: nowMs,
      untilMs: Math.max(nowMs + shortestMs, retryMs),
      count: pause.count + 1,
      turn,
    };
  };
  const onAnswered = (question: Question, isActive: boolean): void => {
    question.state = isActive ? "active" : "inactive";
    if (question.askedMs > pause.sinceMs) pause = { ...pause, untilMs: -Infinity, count: 0 };
  };

  type Answer = Result<HttpResponse, TransportFailure>;
  const respond = (status: number, body: string, ...headers: HeaderList): Answer => ({
    ok: true,
    value: { status, headers, body: Buffer.from(body) },
  });
  const answer = (question: Question, members: object): Answer => {
    onAnswered(question, "iss" in members);
    return respond(200, JSON.stringify(members), ["Content-Type", "application/json"]);
  };
  let brokenOnce: Question | undefined;
  const introspect = async (text: string): Promise<Answer> => {
    // The second try after a broken connection is the same question.
    const question = brokenOnce ?? onAsked(text);
    const isSecondTry = brokenOnce !== undefined;
    brokenOnce = undefined;
    const known = tokens.find((item) => item.text === text);
    const isActive = known !== undefined && !ended.has(text) && clock.now() < known.expiresAt;
    // What is said is what was true when the question came.
    const members = isActive
      ? { active: true, token_type: "Bearer", ...known.claims }
      : { active: false };
    switch (mode) {
      case "up":
        return answer(question, members);
      case "late":
        return new Promise((resolve) => {
          const settle = (isTimeout: boolean): void => {
            if (!isTimeout) return resolve(answer(question, members));
            onFailed(question, 0);
            return resolve({ ok: false, failure: { kind: "timeout" } });
          };
          late.push({ deadlineMs: clock.monotonicMs() + 5000, settle });
        });
      case "network":
        if (isSecondTry) onFailed(question, 0);
        else brokenOnce = question;
        return { ok: false, failure: { kind: "network" } };
      case "429":
        onFailed(question, 10);
        return respond(429, "", ["Retry-After", "10"]);
      case "html":
        onFailed(question, 0);
        return respond(200, "<html>", ["Content-Type", "text/html"]);
      case "401":
      case "500":
        onFailed(question, 0);
        return respond(Number(mode), "");
    }
  };

  const verifier = createVerifier({
    issuer,
    audience: "a",
    jwksUri: `${issuer}/jwks`,
    clockToleranceSeconds: 0,
    revocations: { feed },
    introspection: {
      clientId: "api",
      clientSecret: "secret",
      endpoint: `${issuer}/introspect`,
      ...introspection,
    },
    ports: {
      clock,
      random: { fraction: jitter },
      sleep: async () => new Promise(() => undefined),
      transport: async ({ method, body }) =>
        method === "POST"
          ? introspect(new URLSearchParams(body).get("token") ?? "")
          : {
              ok: true,
              value: { status: 200, headers: [["Cache-Control", "max-age=86400"]], body: jwks },
            },
    },
  });

  const verify = async (index: number): Promise<void> => {
    const item = tokens[index];
    if (item === undefined) return;
    const { text, jti, expiresAt } = item;
    order += 1;
    const came = { order, ms: clock.monotonicMs(), wasRevoked: revoked.has(jti) };
    const known = questions.findLast(
      (question) => question.token === text && ["active", "inactive"].includes(question.state),
    );
    const isKept =
      known?.state === "active" &&
      came.ms - known.askedMs < maxAgeMs &&
      clock.now() < expiresAt &&
      !came.wasRevoked;

    const outcome = await verifier.verifyToken(text);

    const told = (state: "active" | "inactive", ageMs: number): boolean =>
      questions.some(
        (question) =>
          question.token === text &&
          question.state === state &&
          // No older than the bound; where the bound is 0, asked after the request came.
          (question.order > came.order || came.ms - question.askedMs < ageMs),
      );
    if (isKept) must(outcome.kind === "ok", "what was answered is not asked again");
    if (outcome.kind === "ok") {
      tally.accepted += 1;
      must(told("active", maxAgeMs), "accepts what the issuer called active within the bound");
      must(clock.now() < expiresAt, "accepts nothing that has expired");
      must(!came.wasRevoked, "accepts nothing that is known to be revoked");
      must(outcome.principal.subject === item.claims.sub, "gives each request its own answer");
    } else if (outcome.kind === "rejected") {
      tally.refused += 1;
      const { code } = outcome.detail;
      if (code === "inactive") must(told("inactive", maxRefusalAgeMs), "refuses what it was told");
      else if (code === "expired") must(clock.now() >= expiresAt, "refuses what has expired");
      else must(code === "revoked" && revoked.has(jti), `refuses with a reason, not ${code}`);
    } else {
      tally.unavailable += 1;
      must(
        outcome.retryAfterSeconds >= 1 && outcome.retryAfterSeconds <= 60,
        "asks callers for bounded patience",
      );
    }
  };

  return {
    violations,
    verify,
    advance: (seconds: number) => {
      clock.advance(seconds);
      const due = late.filter(({ deadlineMs }) => deadlineMs <= clock.monotonicMs());
      for (const item of due) {
        late.splice(late.indexOf(item), 1);
        item.settle(true);
      }
    },
    end: (index: number) => void ended.add(tokens[index]?.text ?? ""),
    restore: (index: number) => void ended.delete(tokens[index]?.text ?? ""),
    revoke: async (index: number) => {
      const jti = `${index}`;
      await feed.append({ kind: "token", jti, expiresAt: start + 2e6 });
      revoked.add(jti);
    },
    setMode: (next: Mode) => {
      mode = next;
    },
    endTurn: async () => {
      await setImmediate();
      turn += 1;
    },
    release: () => {
      for (const { settle } of late.splice(0)) settle(false);
    },
    heldBack: () => late.length,
  };
}

it.each<{ name: string; introspection: Partial<IntrospectionOptions> }>([
  { name: "kept for 20 seconds", introspection: { maxAgeSeconds: 20 } },
  { name: "never kept", introspection: { maxAgeSeconds: 0 } },
  {
    name: "about tokens that are verified first",
    introspection: { tokenFormat: "jwt", maxAgeSeconds: 20 },
  },
  { name: "for a named scope", introspection: { scopes: ["s"] } },
])(
  "ATK-39 ATK-52 lets nobody in beyond its bounds, and leaves a failing issuer alone, with answers $name",
  async ({ introspection }) => {
    const tally: Tally = { accepted: 0, refused: 0, unavailable: 0, questions: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 80, size: "max" }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (steps, jitter) => {
          const world = createWorld(introspection, () => jitter.next().value as number, tally);
          const pending: Promise<void>[] = [];
          for (const action of steps) {
            if (action.kind === "verify") {
              for (let time = 0; time < action.times; time += 1) {
                pending.push(world.verify(action.token));
              }
            }
            if (action.kind === "advance") world.advance(action.seconds);
            if (action.kind === "end") world.end(action.token);
            if (action.kind === "restore") world.restore(action.token);
            if (action.kind === "revoke") await world.revoke(action.token);
            if (action.kind === "mode") world.setMode(action.mode);
            if (action.kind === "release") world.release();
            await world.endTurn();
          }
          world.setMode("up");
          while (world.heldBack() > 0) {
            world.release();
            await world.endTurn();
          }
          await Promise.all(pending);
          expect([...world.violations]).toEqual([]);
        },
      ),
    );

    // The histories must be worth something.
    const total = tally.accepted + tally.refused + tally.unavailable;
    expect(Math.min(tally.accepted, tally.refused, tally.unavailable)).toBeGreaterThan(total / 20);
    expect(tally.questions).toBeGreaterThan(total / 20);
  },
);
