import type { RetryAfterForm } from "../faults/answer-faults.ts";
import type { Duration } from "../clock/duration.ts";
import { parseDuration } from "../clock/duration.ts";
import type { FaultConditions, FaultEndpoint, FaultRule } from "../faults/fault.ts";
import type { Scenario, ScenarioOperations } from "./scenario.ts";
import { createScenario } from "./scenario.ts";

/** How long a scenario lasts, and for whom. */
export interface ScenarioBounds {
  /** By the clock of the sandbox. @defaultValue until `end` */
  readonly lasts?: Duration | undefined;

  /** @defaultValue all endpoints */
  readonly endpoint?: FaultEndpoint | undefined;

  /** @defaultValue all clients, and those who ask for public documents */
  readonly clientId?: string | undefined;
}

/** How nobody can reach the server. */
export interface OutageOptions extends ScenarioBounds {
  /**
   * `unavailable` is its own 503, `gateway` the page of a proxy in front of it, `reset` a broken connection after the
   * request was carried out.
   *
   * @defaultValue `unavailable`
   */
  readonly as?: "unavailable" | "gateway" | "reset" | undefined;

  /** What `unavailable` says in `Retry-After`. @defaultValue nothing */
  readonly retryAfterSeconds?: number | undefined;
}

/** How callers are held back. */
export interface ThrottleOptions extends ScenarioBounds {
  /** @defaultValue 1 */
  readonly retryAfterSeconds?: number | undefined;

  /** @defaultValue `seconds` */
  readonly retryAfterForm?: RetryAfterForm | undefined;

  /** How many requests are held back. @defaultValue all */
  readonly times?: number | undefined;
}

/** How wrong the clock of the server is. */
export interface ClockSkewOptions extends ScenarioBounds {
  /** Negative: it is behind. */
  readonly by: Duration;
}

type FaultOperations = Pick<ScenarioOperations, "faults" | "resets">;

const outages = {
  unavailable: { fault: "server_error", status: 503 },
  gateway: { fault: "html_page", status: 502 },
  reset: { fault: "connection_reset" },
} as const;

/** Lets nobody reach the server. */
export function outage(options: OutageOptions, operations: FaultOperations): Scenario {
  const { as = "unavailable", retryAfterSeconds } = options;
  const how = outages[as];
  const wait = as === "unavailable" ? { retryAfterSeconds } : {};
  return faultScenario({ ...how, ...wait, ...conditionsOf(options) }, operations);
}

/** Answers 429. */
export function throttle(options: ThrottleOptions, operations: FaultOperations): Scenario {
  const { retryAfterSeconds, retryAfterForm, times } = options;
  const how = { fault: "too_many_requests", retryAfterSeconds, retryAfterForm, times } as const;
  return faultScenario({ ...how, ...conditionsOf(options) }, operations);
}

/** Lets the server have another clock than everybody else. */
export function clockSkew(options: ClockSkewOptions, operations: FaultOperations): Scenario {
  const seconds = Math.round(parseDuration(options.by) / 1000);
  return faultScenario({ fault: "clock_skew", seconds, ...conditionsOf(options) }, operations);
}

function conditionsOf({ lasts, endpoint, clientId }: ScenarioBounds): FaultConditions {
  return {
    endpoint,
    client: clientId,
    expiresInSeconds: lasts === undefined ? undefined : parseDuration(lasts) / 1000,
  };
}

function faultScenario(rule: FaultRule, operations: FaultOperations): Scenario {
  const { id, remove } = operations.faults.add(rule);
  return createScenario([id], remove, operations);
}
