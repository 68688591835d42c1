import { maxAgeSeconds } from "./counting-issuer.ts";
import type { Tally, VerifierFindings } from "./findings.ts";

/** A column of the table. */
export interface VerifierColumn {
  readonly title: string;
  readonly describe: (findings: VerifierFindings) => string;

  /** Whether nothing better can be had. */
  readonly isGreen: (findings: VerifierFindings) => boolean;
}

// What a token bucket lets through before it makes strangers wait: a burst, and one more for the flood's own time.
const maxFloodFetches = 4;
const maxOutageFetches = 5;

/** The table, in its order. */
export const verifierColumns: readonly VerifierColumn[] = [
  {
    title: "50 tokens at once, no key yet",
    describe: ({ cold }) => describeTally(cold),
    isGreen: ({ cold }) => cold.accepted === cold.calls && cold.fetches === 1,
  },
  {
    title: "issuer down for 30 min: 200 good tokens",
    describe: ({ outage }) => describeTally(outage),
    isGreen: ({ outage }) => outage.accepted === outage.calls && outage.fetches <= maxOutageFetches,
  },
  {
    title: "issuer down for a week: good tokens",
    describe: ({ longOutage }) => describeVerdicts(longOutage),
    isGreen: ({ longOutage }) => longOutage.unavailable === longOutage.calls,
  },
  {
    title: "a minute after it is back",
    describe: ({ afterOutage }) => describeVerdicts(afterOutage),
    isGreen: ({ afterOutage }) => afterOutage.accepted === afterOutage.calls,
  },
  {
    title: "200 tokens with unknown `kid`",
    describe: ({ flood }) => describeFetches(flood),
    isGreen: ({ flood }) => flood.refused === flood.calls && flood.fetches <= maxFloodFetches,
  },
  {
    title: "new key is accepted: in the calm / right after that flood",
    describe: ({ newKeyAfterSeconds: calm, newKeyInFloodAfterSeconds: flood }) =>
      `${describeDelay(calm)} / ${describeDelay(flood)}`,
    isGreen: ({ newKeyAfterSeconds: calm, newKeyInFloodAfterSeconds: flood }) =>
      calm === 0 && flood !== undefined && flood <= 30,
  },
  {
    title: "key replaced under its `kid`: new accepted / old refused",
    describe: ({ replacedKey: { newAcceptedAfterSeconds, oldAcceptedForSeconds } }) =>
      `${describeDelay(newAcceptedAfterSeconds)} / ${describeDelay(oldAcceptedForSeconds)}`,
    isGreen: ({ replacedKey: { newAcceptedAfterSeconds, oldAcceptedForSeconds } }) =>
      isWithinLifetime(newAcceptedAfterSeconds) && isWithinLifetime(oldAcceptedForSeconds),
  },
  {
    title: "key removed: its tokens are refused",
    describe: ({ removedKeyAcceptedForSeconds: seconds }) => describeDelay(seconds),
    isGreen: ({ removedKeyAcceptedForSeconds: seconds }) => isWithinLifetime(seconds),
  },
];

/** Names the columns in which a library could do better. */
export function findVerifierFaults(findings: VerifierFindings): readonly string[] {
  return verifierColumns.filter(({ isGreen }) => !isGreen(findings)).map(({ title }) => title);
}

function isWithinLifetime(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds <= maxAgeSeconds;
}

function describeTally(tally: Tally): string {
  const verdicts = describeVerdicts(tally);
  return verdicts === "accepted"
    ? describeFetches(tally)
    : `${describeFetches(tally)}, ${verdicts}`;
}

function describeFetches({ fetches }: Tally): string {
  return fetches === 1 ? "1 fetch" : `${fetches} fetches`;
}

function describeVerdicts({ calls, accepted, refused, unavailable }: Tally): string {
  const counts = { accepted, refused, unavailable };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => (count === calls ? verdict : `${count} ${verdict}`))
    .join(", ");
}

function describeDelay(seconds: number | undefined): string {
  if (seconds === undefined) return "not in a day";
  if (seconds === 0) return "at once";
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
