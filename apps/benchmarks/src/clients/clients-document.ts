import { formatTable } from "../observation/markdown-table.ts";
import type { ObservationOccasion } from "../observation/occasion.ts";
import { columns } from "./columns.ts";
import type { Cost } from "./costs.ts";
import type { Findings } from "./findings.ts";

/** A library that was observed. */
export interface ObservedPeer {
  readonly name: string;
  readonly version: string;
  readonly setUp: string;
  readonly findings: Findings;
}

/** What several contenders need for the same. */
export interface SpeedTable {
  readonly title: string;
  readonly costs: readonly Cost[];
}

/** All that the document tells. */
export interface ClientsReport extends ObservationOccasion {
  readonly peers: readonly ObservedPeer[];
  readonly speed: readonly SpeedTable[];
  readonly rounds: number;
}

/** Writes what one library did as lines for a terminal. */
export function formatPeer({ name, version, findings }: ObservedPeer): string {
  const lines = columns.map(
    ({ title, describe, isGreen }) =>
      `  ${isGreen(findings) ? "✓" : "✗"} ${title}: ${describe(findings)}`,
  );
  return [`${name} ${version}`, ...lines].join("\n");
}

/** Writes a table of costs as lines for a terminal. */
export function formatSpeed({ title, costs }: SpeedTable): string {
  const lines = costs.map(
    ({ name, seconds, timesLimit }) =>
      `  ${timesLimit.toFixed(2).padStart(8)}  ${formatDuration(seconds).padStart(10)}  ${name}`,
  );
  return [title, ...lines].join("\n");
}

/** Writes the document that is kept in the repository. */
export function formatClientsDocument(report: ClientsReport): string {
  const { peers, speed, date, node, cpu, rounds } = report;
  const rows = peers.map(({ name, version, findings }) => [
    `${name} ${version}`,
    ...columns.map(
      ({ describe, isGreen }) => `${isGreen(findings) ? "✓ " : ""}${describe(findings)}`,
    ),
  ]);
  return `# Our client beside others

What client libraries do when many calls need a token at once, when tokens are revoked, short-lived or without a lifetime,
and when the token endpoint is down. Observed on ${date} with Node ${node} on ${cpu}; written by
\`pnpm bench:clients --write\`. \`pnpm bench:clients --check\` fails unless every cell of our row has its ✓.

## What they do

Numbers are requests to the token endpoint, which answers after 25 ms; they are counted, not timed. Each library has a
process of its own, and each cell a new server and a new client. ✓ is the best that can be had.

<!-- prettier-ignore-start -->
${formatTable(["", ...columns.map(({ title }) => title)], rows)}
<!-- prettier-ignore-end -->

- **–**: no call succeeds, since the library leaves a 401 to its caller. Where the number is the number of calls, each call
  had a token of its own.
- **Revoked**: all 50 calls carry the same token. The API refuses them at once, or one after the other over 400 ms, so that
  some learn of it after a new token is there.
- **No \`expires_in\`**: the token is a JWT with \`exp\`. _Kept for ever_: the same token is sent a month later.
- **Secret**: the errors of three calls, met with \`invalid_client\`, a page of HTML and a closed connection, written by
  \`util.inspect\` (usual and unlimited depth), as JSON, as stack and as message; unhandled rejections too. Sought as it is, and in Basic.
- **Down**: connections to the token endpoint are closed; the clocks of the process are put forward until so much is left
  of the token.

How each was set up, with what its documentation offers to ask for fewer tokens:

${peers.map(({ name, setUp }) => `- ${name}: ${setUp}`).join("\n")}

Two are not the newest, which need Node 22: @commercetools/ts-client 5 and google-auth-library 11.
${speed.length === 0 ? "" : formatSpeedSection(speed, rounds)}`;
}

function formatSpeedSection(speed: readonly SpeedTable[], rounds: number): string {
  const tables = speed.map(({ title, costs }) => {
    const rows = costs.map(({ name, seconds, timesLimit }) => [
      name,
      timesLimit.toFixed(2),
      formatDuration(seconds),
    ]);
    return `<!-- prettier-ignore-start -->
${formatTable([title, "times the first", "each"], rows)}
<!-- prettier-ignore-end -->
`;
  });
  return `
## What they cost

In one process and in the same rounds, all of which hold a token already: the median of ${rounds} ratios, each within a
round. Times move with the machine, ratios hardly.

${tables.join("\n")}
- The GETs go to a server on this machine, 32 at a time, and count the CPU time of the client alone.
- Each library is measured in the same process, so that none has a machine of its own; peers by \`fetch\` take that of the
  platform, ours that of undici.
`;
}

function formatDuration(seconds: number): string {
  return seconds < 1e-6
    ? `${Math.round(seconds * 1e9)} ns`
    : `${(seconds * 1e6).toFixed(seconds < 1e-5 ? 1 : 0)} µs`;
}
