import type { Count, Findings, OutageFindings } from "./findings.ts";

/** A column of the table. */
export interface Column {
  readonly title: string;
  readonly describe: (findings: Findings) => string;

  /** Whether nothing better can be had. */
  readonly isGreen: (findings: Findings) => boolean;
}

/** The table, in its order. */
export const columns: readonly Column[] = [
  {
    title: "50 cold callers",
    describe: ({ cold }) => describeCount(cold),
    isGreen: ({ cold }) => isOneForAll(cold),
  },
  {
    title: "50 callers, token revoked: together / staggered",
    describe: ({ revokedTogether, revokedStaggered }) =>
      `${describeCount(revokedTogether)} / ${describeCount(revokedStaggered)}`,
    isGreen: ({ revokedTogether, revokedStaggered }) =>
      isOneForAll(revokedTogether) && isOneForAll(revokedStaggered),
  },
  {
    title: "10 calls, token of 30 s",
    describe: ({ shortLived }) => describeCount(shortLived),
    isGreen: ({ shortLived }) => isOneForAll(shortLived),
  },
  {
    title: "5 calls, no `expires_in`",
    describe: ({ unknownLifetime }) =>
      [
        describeCount(unknownLifetime),
        ...(unknownLifetime.keptForEver ? ["kept for ever"] : []),
        ...describeEvents(unknownLifetime.events),
      ].join(", "),
    isGreen: ({ unknownLifetime }) =>
      isOneForAll(unknownLifetime) &&
      !unknownLifetime.keptForEver &&
      unknownLifetime.events.includes("lifetime_guessed"),
  },
  {
    title: "secret visible in a logged error",
    describe: ({ secretSeenIn }) =>
      secretSeenIn.length === 0 ? "no" : `**yes** (${secretSeenIn.join(", ")})`,
    isGreen: ({ secretSeenIn }) => secretSeenIn.length === 0,
  },
  {
    title: "token endpoint down, token good for 45 s of 600 / 11 s of 60",
    describe: ({ outage }) => outage.map(describeOutage).join(" / "),
    isGreen: ({ outage }) => outage.every(isUnseen),
  },
];

/** Names the columns in which a library could do better. */
export function findFaults(findings: Findings): readonly string[] {
  return columns.filter(({ isGreen }) => !isGreen(findings)).map(({ title }) => title);
}

function isOneForAll({ calls, served, tokenRequests }: Count): boolean {
  return served === calls && tokenRequests === 1;
}

function isUnseen({ calls, served, unhandledRejections, events }: OutageFindings): boolean {
  return served === calls && unhandledRejections === 0 && events.includes("degraded");
}

function describeCount({ calls, served, tokenRequests }: Count): string {
  if (served === 0) return "–";
  const failed = calls - served;
  return failed === 0 ? String(tokenRequests) : `${tokenRequests} (${failed} calls fail)`;
}

function describeOutage({ calls, served, unhandledRejections, events }: OutageFindings): string {
  return [
    served === calls ? "served" : served === 0 ? "throws" : `${calls - served} of ${calls} throw`,
    ...(unhandledRejections > 0 ? [`${unhandledRejections} unhandled rejections`] : []),
    ...describeEvents(events),
  ].join(", ");
}

function describeEvents(events: readonly string[]): readonly string[] {
  return [...new Set(events)].map((event) => `event \`${event}\``);
}
