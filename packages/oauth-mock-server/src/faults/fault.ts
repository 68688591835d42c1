/**
 * A fault rule as data: what goes wrong, and when. It is JSON, so that a file or the admin API can hold it.
 *
 * @module
 */

import type { AnswerFault } from "./answer-faults.ts";
import type { ClockFault } from "./clock-faults.ts";
import type { DocumentFault } from "./document-faults.ts";
import type { TokenFault } from "./token-faults.ts";
import type { ConnectionFault, TimingFault } from "./transport-faults.ts";

/** What can go wrong, told apart by `fault`. */
export type Fault =
  | AnswerFault
  | ClockFault
  | TokenFault
  | DocumentFault
  | TimingFault
  | ConnectionFault;

/** The name of a fault. */
export type FaultName = Fault["fault"];

/** Where something can go wrong. */
export type FaultEndpoint = "token" | "introspection" | "revocation" | "jwks" | "metadata";

/** When a fault happens. All that is given must be true. */
export interface FaultConditions {
  /** Names the rule. @defaultValue `fault-1`, `fault-2` … */
  readonly id?: string | undefined;

  /** @defaultValue all that the fault can happen at */
  readonly endpoint?: FaultEndpoint | undefined;

  /** The client id that the request names; whether it proves to be that client does not matter. */
  readonly client?: string | undefined;

  /** A token of the scope that a token request asks for in so many words. */
  readonly scope?: string | undefined;

  /** Of each such request, from 0 to 1. @defaultValue 1 */
  readonly probability?: number | undefined;

  /**
   * What `probability` throws its dice with, from 0 to 2³² − 1: the same seed, the same throws.
   *
   * @defaultValue made from the `seed` of the sandbox; without one drawn, and shown by `list`
   */
  readonly seed?: number | undefined;

  /** How often it happens at most. @defaultValue always */
  readonly times?: number | undefined;

  /** How many such requests go well before. @defaultValue 0 */
  readonly after?: number | undefined;

  /** How long the rule lasts from when it was added, by the clock of the sandbox. @defaultValue until it is removed */
  readonly expiresInSeconds?: number | undefined;
}

/** A fault and its conditions. */
export type FaultRule = FaultConditions & Fault;
