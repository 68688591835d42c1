/**
 * What has to be done about the signing keys, and when: a function of their rows, a schedule and the clock.
 *
 * @module
 */

import type { VersionedRecord } from "../../ports.ts";
import type { SignatureAlgorithm } from "../../signature-engine.ts";
import { accessTokenLifetimeBounds } from "../configuration.ts";
import type { KeyRecord } from "./key-record.ts";
import { isYounger, keyPhase, latestKey } from "./key-record.ts";

/** When keys change. */
export interface KeySchedule {
  /** How long a key signs until the next one takes over; absent: until a command. */
  readonly everySeconds?: number | undefined;

  /** How long the JWKS shows a key before it signs: what others may cache the JWKS for, and what nodes may lag by. */
  readonly announceSeconds: number;

  /** How long the JWKS shows a key after its last signature, beyond the longest life of a token. */
  readonly retainMarginSeconds: number;

  /** What there must be a key for; keys of other algorithms that are in the ring are kept going as well. */
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** One thing to do. Each may be done by any node, by several at once, and again. */
export type KeyTask =
  /** No key of the algorithm may sign, now or later: make one that signs at once. */
  | { readonly kind: "create"; readonly algorithm: SignatureAlgorithm }
  /** A successor has to be chosen, so that it can be announced until `dueAt`. */
  | {
      readonly kind: "succeed";
      readonly row: VersionedRecord<KeyRecord>;
      readonly dueAt: number;
    }
  /** A successor has been chosen: give it a row of its own. */
  | { readonly kind: "publish"; readonly kid: string }
  /** A younger key takes over: end this one. */
  | {
      readonly kind: "retire";
      readonly kid: string;
      readonly retainAt: number;
      readonly removeAt: number;
    }
  /** Its successor was withdrawn: let it sign on. */
  | { readonly kind: "keep"; readonly row: VersionedRecord<KeyRecord> }
  /** Removed long ago: delete the row. */
  | { readonly kind: "forget"; readonly kid: string };

/** What to do now, and when to look again at the latest (epoch seconds); no date: when something changes. */
export interface KeyPlan {
  readonly tasks: readonly KeyTask[];
  readonly nextAt: number | undefined;
}

/** For how long the row of a removed key stays, so that a node that was asleep does not announce it again. */
const forgetAfterSeconds = 3600;

/** Returns what has to be done about the keys at `now` (epoch seconds). */
export function planKeys(
  rows: readonly VersionedRecord<KeyRecord>[],
  schedule: KeySchedule,
  now: number,
): KeyPlan {
  const algorithms = new Set([...schedule.algorithms, ...rows.map(({ value }) => value.algorithm)]);
  const tasks: KeyTask[] = [];
  const dates: number[] = [];
  for (const algorithm of algorithms) {
    const ring = rows.filter(({ value }) => value.algorithm === algorithm);
    tasks.push(...planOldKeys(ring, schedule, now));
    const latest = latestKey(ring, { algorithm, now });
    if (ring.some(({ value }) => value.successor !== undefined)) continue;
    if (latest === undefined) {
      tasks.push({ kind: "create", algorithm });
      continue;
    }
    const dueAt = successionDueAt(latest.value, schedule);
    const decideAt = dueAt - schedule.announceSeconds;
    if (now >= decideAt) tasks.push({ kind: "succeed", row: latest, dueAt });
    else if (decideAt < Infinity) dates.push(decideAt);
  }
  for (const { value } of rows) {
    const forgetAt = forgettableAt(value);
    if (forgetAt > now && forgetAt < Infinity) dates.push(forgetAt);
  }
  return { tasks, nextAt: dates.length === 0 ? undefined : Math.min(...dates) };
}

/** Returns the moment from which another key has to sign. */
function successionDueAt(
  { signAt, createdAt = signAt }: KeyRecord,
  { everySeconds = Infinity }: KeySchedule,
): number {
  return Math.max(signAt, createdAt) + everySeconds;
}

/** Completes what a rotation has begun, whoever began it, and ends the keys of the past. */
function planOldKeys(
  ring: readonly VersionedRecord<KeyRecord>[],
  { retainMarginSeconds }: KeySchedule,
  now: number,
): KeyTask[] {
  const tasks: KeyTask[] = [];
  const bySigning = ring
    .filter(({ value }) => keyPhase(value, now) !== "removed")
    .toSorted((a, b) => (isYounger(a.value, b.value) ? 1 : -1));
  for (const [index, row] of bySigning.entries()) {
    const { id, value } = row;
    const next = bySigning[index + 1]?.value;
    if (next === undefined) {
      if (value.retainAt !== undefined && now < value.retainAt) tasks.push({ kind: "keep", row });
      continue;
    }
    if ((value.retainAt ?? Infinity) <= next.signAt) continue;
    const retainAt = next.signAt;
    const removeAt = retainAt + accessTokenLifetimeBounds.max + retainMarginSeconds;
    tasks.push({ kind: "retire", kid: id, retainAt, removeAt });
  }
  for (const { id, value } of ring) {
    if (value.successor !== undefined) tasks.push({ kind: "publish", kid: id });
    else if (now >= forgettableAt(value)) tasks.push({ kind: "forget", kid: id });
  }
  return tasks;
}

/** A key that was revoked is dated as removed since ever, and as retained since then. */
function forgettableAt({ retainAt = 0, removeAt = Infinity }: KeyRecord): number {
  return Math.max(retainAt, removeAt) + forgetAfterSeconds;
}
