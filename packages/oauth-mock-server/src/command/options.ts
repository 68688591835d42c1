import { maxDrainSeconds } from "../configuration/command-limits.ts";

/** One thing that the command may be told. */
export interface OptionDefinition {
  readonly kind: "switch" | "text" | "whole_number";
  readonly group: "Listen" | "Configure" | "Watch" | "Stop" | "Other";
  readonly help: string;

  /** One letter that says the same, after one dash. */
  readonly letter?: string;

  /** What stands for the value in the help. */
  readonly placeholder?: string;
  readonly fallback?: string | number | boolean;
  readonly max?: number;

  /** Where else it may be said than on the command line: in the environment unless `false`. */
  readonly environment?: false;

  /** Not on the command line, where every process of the machine can read it. */
  readonly flag?: false;
}

/** What each option holds: `undefined` when nobody said it and there is no default. */
export interface OptionValues {
  readonly port: number;
  readonly host: string;
  readonly issuer: string | undefined;
  readonly "allowed-hosts": string | undefined;
  readonly tls: boolean;
  readonly "tls-dir": string | undefined;
  readonly "tls-cert": string | undefined;
  readonly "tls-key": string | undefined;
  readonly "allow-insecure-http": boolean;
  readonly "allow-network": boolean;
  readonly "dangerously-allow-production": boolean;
  readonly config: string | undefined;
  readonly watch: boolean;
  readonly "print-config": boolean;
  readonly "admin-token": string | undefined;
  readonly "admin-port": number | undefined;
  readonly log: boolean;
  readonly quiet: boolean;
  readonly "drain-seconds": number;
  readonly version: boolean;
  readonly help: boolean;
}

/** The name of an option, without its dashes. */
export type OptionName = keyof OptionValues;

/** Everything that the command may be told, in the order of the help. */
export const commandOptions: Readonly<Record<OptionName, OptionDefinition>> = {
  port: {
    kind: "whole_number",
    group: "Listen",
    placeholder: "number",
    help: "TCP port; 0 takes any free one",
    fallback: 9400,
    max: 65_535,
  },
  host: {
    kind: "text",
    group: "Listen",
    placeholder: "address",
    help: "address to listen on",
    fallback: "127.0.0.1",
  },
  issuer: {
    kind: "text",
    group: "Listen",
    placeholder: "url",
    help: "issuer, when callers know it by another URL",
  },
  "allowed-hosts": {
    kind: "text",
    group: "Listen",
    placeholder: "names",
    help: "further Host names to answer to: a,b,c",
  },
  tls: {
    kind: "switch",
    group: "Listen",
    help: "https, with a certificate made at the start",
    fallback: false,
  },
  "tls-dir": {
    kind: "text",
    group: "Listen",
    placeholder: "folder",
    help: "keep that certificate here, and use it again",
  },
  "tls-cert": {
    kind: "text",
    group: "Listen",
    placeholder: "file.pem",
    help: "https, with a certificate of your own",
  },
  "tls-key": { kind: "text", group: "Listen", placeholder: "file.pem", help: "its private key" },
  "allow-insecure-http": {
    kind: "switch",
    group: "Listen",
    help: "allow http elsewhere than on loopback",
    fallback: false,
  },
  "allow-network": {
    kind: "switch",
    group: "Listen",
    help: "allow https elsewhere than on loopback",
    fallback: false,
  },
  "dangerously-allow-production": {
    kind: "switch",
    group: "Listen",
    help: "start although NODE_ENV is production",
    fallback: false,
    environment: false,
  },
  config: {
    kind: "text",
    group: "Configure",
    placeholder: "file",
    help: "clients, scopes, limits, faults …: JSON or YAML",
  },
  watch: {
    kind: "switch",
    group: "Configure",
    help: "take changes of that file while running",
    fallback: false,
  },
  "print-config": {
    kind: "switch",
    group: "Configure",
    help: "print what holds and where it was said, then exit",
    fallback: false,
    environment: false,
  },
  "admin-token": {
    kind: "text",
    group: "Configure",
    help: "what the admin API is called with",
    flag: false,
  },
  "admin-port": {
    kind: "whole_number",
    group: "Listen",
    placeholder: "number",
    help: "a port of its own for the admin API",
    max: 65_535,
  },
  log: {
    kind: "switch",
    group: "Watch",
    help: "one line of JSON per decision on standard error",
    fallback: false,
  },
  quiet: {
    kind: "switch",
    group: "Watch",
    help: "do not explain refusals on standard error",
    fallback: false,
  },
  "drain-seconds": {
    kind: "whole_number",
    group: "Stop",
    placeholder: "number",
    help: "time for answers in flight",
    fallback: 10,
    max: maxDrainSeconds,
  },
  version: {
    kind: "switch",
    group: "Other",
    help: "print the version",
    fallback: false,
    environment: false,
  },
  help: {
    kind: "switch",
    group: "Other",
    letter: "h",
    help: "print this help",
    fallback: false,
    environment: false,
  },
};

/** All names, in the order of the help. */
export const optionNames: readonly OptionName[] = Object.keys(commandOptions) as OptionName[];

/** Returns the variable of an option in the environment. */
export function variableOf(name: OptionName): string {
  return `CREDICORP_SANDBOX_${name.toUpperCase().replaceAll("-", "_")}`;
}
