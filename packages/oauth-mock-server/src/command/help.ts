import type { OptionDefinition, OptionName } from "./options.ts";
import { commandOptions, optionNames, variableOf } from "./options.ts";

const titles: readonly (readonly [OptionDefinition["group"], string])[] = [
  ["Listen", "Where it listens"],
  ["Configure", "What it is"],
  ["Watch", "What it says"],
  ["Stop", "How it stops"],
  ["Other", "Else"],
];
const width = 30;

/** Writes the help: not more than fits on a page. */
export function formatHelp(): string {
  return `Usage: oauth-mock-server [options]
       oauth-mock-server health [--url <url>] [--ca <file.pem>]

An OAuth 2.0 authorization server to develop and test against. It keeps everything in memory, and prints
its test clients and commands to try to a person, one line of JSON to a program.
${titles.map(([group, title]) => `\n${title}:\n${formatGroup(group)}\n`).join("")}
Every option but those of one start alone is also a variable: --port is ${variableOf("port")}, and a
switch is 1 or 0. The command line comes first, then the environment, then the file, then the default.
${variableOf("admin-token")} is a variable only. The file names its own in "command".

Examples:
  oauth-mock-server --port 0 > start.json &
  oauth-mock-server --config sandbox.yaml --watch
  oauth-mock-server --tls --tls-dir certificates
  oauth-mock-server --config sandbox.yaml --print-config
  oauth-mock-server health --url http://127.0.0.1:9400

Signals: SIGTERM and Ctrl-C finish what is in flight, a second one ends at once; SIGHUP reads the file again.
Exit codes: 0 stopped or healthy, 1 not healthy, 2 a mistake in what it was told, 128 + n cut by a signal.
Documentation: https://github.com/credicorp/partner-oauth/blob/main/docs/sandbox-command.md
`;
}

function formatGroup(wanted: OptionDefinition["group"]): string {
  return optionNames
    .filter((name) => commandOptions[name].group === wanted && commandOptions[name].flag !== false)
    .map(formatOption)
    .join("\n");
}

function formatOption(name: OptionName): string {
  const { placeholder, help, fallback, letter } = commandOptions[name];
  const short = letter === undefined ? "" : `, -${letter}`;
  const flag = `--${name}${short}${placeholder === undefined ? "" : ` <${placeholder}>`}`;
  const byDefault = typeof fallback === "boolean" || fallback === undefined ? "" : ` (${fallback})`;
  return `  ${flag.padEnd(width)} ${help}${byDefault}`;
}
