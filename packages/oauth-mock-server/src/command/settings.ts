/**
 * What holds for this start: the command line before the environment, before the file, before the defaults.
 *
 * @module
 */

import type { ConfigurationFile } from "../configuration/read-configuration-file.ts";
import type { Flags } from "./flags.ts";
import type { OptionName, OptionValues } from "./options.ts";
import { commandOptions, optionNames, variableOf } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of an option, and who gave it. */
export interface Setting<Value> {
  readonly value: Value;

  /** `--port`, a variable, the path of the file, or `default`. */
  readonly from: string;
}

/** All options. */
export type Settings = { readonly [Name in OptionName]: Setting<OptionValues[Name]> };

/** What was said, and the file that said a part of it. */
export interface ReadSettings {
  readonly settings: Settings;
  readonly file: ConfigurationFile | undefined;
}

/** Finds out what holds. @throws {@link UsageError} that names the option or the variable */
export async function readSettings(flags: Flags, environment: Environment): Promise<ReadSettings> {
  const path = find("config", flags, environment)?.value;
  const file = path === undefined ? undefined : await readFile(String(path));
  const said = file === undefined ? {} : saidByFile(file);
  const settings = optionNames.map((name) => {
    const given = find(name, flags, environment);
    const inFile = said[name];
    const fallback = { value: commandOptions[name].fallback, from: "default" };
    const fromFile = inFile === undefined ? undefined : { value: inFile, from: String(path) };
    return [name, given ?? fromFile ?? fallback] as const;
  });
  // Each value was read by the kind that its definition has.
  return { settings: Object.fromEntries(settings) as unknown as Settings, file };
}

/** Loads the reader of configuration files when there is one. */
async function readFile(path: string): Promise<ConfigurationFile> {
  const { readConfigurationFile } = await import("../configuration/read-configuration-file.ts");
  return readConfigurationFile(path);
}

type AnyValue = string | number | boolean;

function saidByFile({
  command,
  configuration,
}: ConfigurationFile): Readonly<Partial<Record<OptionName, AnyValue | undefined>>> {
  return {
    port: command.port,
    host: command.host,
    issuer: configuration.issuer,
    "allowed-hosts": configuration.allowedHosts?.join(","),
    "allow-insecure-http": configuration.allowInsecureHttp,
    "allow-network": configuration.allowNetwork,
    tls: command.tls,
    "tls-dir": command.tlsDir,
    watch: command.watch,
    "admin-token": command.adminToken,
    "admin-port": command.adminPort,
    log: command.log,
    quiet: command.quiet,
    "drain-seconds": command.drainSeconds,
  };
}

function find(
  name: OptionName,
  flags: Flags,
  environment: Environment,
): Setting<AnyValue> | undefined {
  const flag = flags.get(name);
  if (flag !== undefined) {
    return { value: flag === true ? true : read(name, flag, `--${name}`), from: `--${name}` };
  }
  const { environment: inEnvironment } = commandOptions[name];
  const variable = variableOf(name);
  const text = inEnvironment === false ? undefined : environment[variable];
  // Compose files and the like set to nothing what they do not mean.
  if (text === undefined || text === "") return undefined;
  return { value: read(name, text, variable), from: variable };
}

function read(name: OptionName, text: string, source: string): AnyValue {
  const { kind, max = Number.MAX_SAFE_INTEGER } = commandOptions[name];
  if (kind === "text") return text;
  if (kind === "switch") {
    if (/^(?:1|true)$/i.test(text)) return true;
    if (/^(?:0|false)$/i.test(text)) return false;
    throw new UsageError(`${source} must be 1 or 0, true or false`);
  }
  const number = Number(text);
  if (/^\d{1,6}$/.test(text) && number <= max) return number;
  const remedy = text.startsWith("tcp:")
    ? ": Kubernetes sets it for a Service of that name; call the Service otherwise, or set enableServiceLinks to false"
    : name.endsWith("port")
      ? " (0 takes any free port)"
      : "";
  throw new UsageError(`${source} must be a number from 0 to ${max}${remedy}`);
}
