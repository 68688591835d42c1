/**
 * Asks an issuer about tokens: one question at a time for each token, and none while the issuer fails.
 *
 * @module
 */

import { createCancellation } from "../../cancellation.ts";
import type { CancelSignal, Clock, MaybePromise, Random } from "../../ports.ts";
import type { IntrospectionResponse } from "../../protocol/introspection-response.ts";
import type { Result } from "../../result.ts";
import { failed } from "../../result.ts";
import type { EndpointCondition } from "./endpoint-condition.ts";
import {
  afterAnswer,
  afterOutage,
  afterQuestion,
  untriedEndpoint,
  waitMs,
} from "./endpoint-condition.ts";
import type { IntrospectionOutage } from "./introspection-outage.ts";

/** Asks about one token, once, and checks that the answer is the issuer's. */
export type IntrospectionSource = (
  token: string,
  signal: CancelSignal,
) => Promise<Result<IntrospectionResponse, IntrospectionOutage>>;

/** What is known of one token. */
export type Introspected =
  | {
      readonly kind: "answered";
      readonly response: IntrospectionResponse;

      /** When the question was asked, by the monotonic clock: an answer is as old as its question. */
      readonly askedMs: number;
    }
  | { readonly kind: "outage"; readonly outage: IntrospectionOutage };

/** The condition of introspection. */
export interface IntrospectionHealth {
  /** `paused`: the issuer is left alone for a moment; `probing`: one question is to show whether it is well again. */
  readonly phase: "untried" | "working" | "paused" | "probing";

  /** Pauses in a row. */
  readonly failures: number;

  /** Why the last question was not answered, such as `introspection_client_refused`; `undefined` after an answer. */
  readonly lastFailure: string | undefined;

  /** Questions that have not been answered yet. */
  readonly inFlight: number;
}

/** What happened to an endpoint: the first failure in a row, and the end of it. What one token causes alone is none. */
export type IntrospectionReport =
  | { readonly type: "introspection_failed"; readonly reason: string }
  | { readonly type: "introspection_recovered"; readonly failures: number };

/** Bounds what the issuer is asked. */
export interface IntrospectorOptions {
  /** How old an answer may be, in milliseconds, for a request to share it; 0: no older than the request. */
  readonly maxAgeMs: number;

  /** Questions about different tokens that may be open at once; what comes then is `introspection_busy`. */
  readonly maxInFlight: number;

  /** Hears what happens to the endpoint; must not throw. */
  readonly report?: ((report: IntrospectionReport) => void) | undefined;
}

/** Asks an issuer about tokens. */
export interface Introspector {
  /** At once, where the issuer is not to be asked. Never rejects. */
  readonly introspect: (token: string) => MaybePromise<Introspected>;
  readonly health: () => IntrospectionHealth;

  /** Ends the questions in flight, and asks no other. */
  readonly close: () => void;
}

interface Flight {
  readonly askedMs: number;
  readonly done: Promise<Introspected>;

  /** What comes after it, for those who came too late to share it. */
  next?: Promise<Introspected>;
}

/**
 * Makes an introspector.
 *
 * Requests with one token share a question that was asked less than `maxAgeMs` before they came. Those that may not
 * share it wait for its end and share the next one, which is asked after all of them have come: so that one token has at
 * most one question in flight, and nobody is let in by an answer that may be older than its bound. No request can end
 * a question: it is the others' too.
 */
export function createIntrospector(
  source: IntrospectionSource,
  options: IntrospectorOptions,
  ports: {
    readonly clock: Pick<Clock, "monotonicMs">;
    readonly random: Pick<Random, "fraction">;
  },
): Introspector {
  const { maxAgeMs, maxInFlight, report } = options;
  const { clock, random } = ports;
  const { signal, cancel } = createCancellation();
  // By the whole token: a question is worth hashing it.
  const flights = new Map<string, Flight>();
  let condition: EndpointCondition = untriedEndpoint;
  let wasAsked = false;

  const enter = (next: EndpointCondition): void => {
    const { failures } = condition;
    const reason = next.lastFailure ?? "unknown";
    condition = next;
    if (failures === 0 && next.failures > 0) report?.({ type: "introspection_failed", reason });
    if (failures > 0 && next.failures === 0)
      report?.({ type: "introspection_recovered", failures });
  };

  const ask = async (token: string, askedMs: number): Promise<Introspected> => {
    const jitter = random.fraction();
    let result: Awaited<ReturnType<IntrospectionSource>>;
    try {
      // Begun in a turn of its own, so that the question is known before it can end.
      result = await Promise.resolve().then(() => source(token, signal));
    } catch {
      // A port that breaks its promise and throws.
      result = failed({ code: "port_threw" });
    }
    flights.delete(token);
    wasAsked = true;
    if (result.ok) {
      enter(afterAnswer(condition, askedMs));
      return { kind: "answered", response: result.value, askedMs };
    }
    const nowMs = clock.monotonicMs();
    enter(afterOutage(condition, result.failure, { askedMs, nowMs, jitter }));
    // Callers wait as long as this server does.
    return noAnswer(result.failure.code, waitMs(condition, nowMs) / 1000);
  };

  const begin = (token: string): MaybePromise<Introspected> => {
    if (signal.aborted) return noAnswer("closed", 1);
    const askedMs = clock.monotonicMs();
    const pauseMs = waitMs(condition, askedMs);
    if (pauseMs > 0)
      return noAnswer(condition.lastFailure ?? "introspection_paused", pauseMs / 1000);
    if (flights.size >= maxInFlight) return noAnswer("introspection_busy", 1);
    condition = afterQuestion(condition);
    const done = ask(token, askedMs);
    flights.set(token, { askedMs, done });
    return done;
  };

  return {
    introspect: (token) => {
      const flight = flights.get(token);
      if (flight === undefined) return begin(token);
      if (clock.monotonicMs() - flight.askedMs < maxAgeMs) return flight.done;
      // Whoever was quicker has begun the next one by then.
      flight.next ??= flight.done.then(() => flights.get(token)?.done ?? begin(token));
      return flight.next;
    },
    health: () => {
      const isPaused = clock.monotonicMs() < condition.pausedUntilMs;
      const phase = wasAsked ? "working" : "untried";
      return {
        phase: isPaused ? "paused" : condition.failures > 0 ? "probing" : phase,
        failures: condition.failures,
        lastFailure: condition.lastFailure,
        inFlight: flights.size,
      };
    },
    close: cancel,
  };
}

function noAnswer(code: string, retryAfterSeconds: number): Introspected {
  return { kind: "outage", outage: { code, retryAfterSeconds } };
}
