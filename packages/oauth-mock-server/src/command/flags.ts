import { parseArgs } from "node:util";

import { findSimilarName } from "../spelling/similar-name.ts";
import { UsageError } from "./usage-error.ts";

/** An option as the command line has it. */
export interface FlagDefinition {
  readonly kind: "switch" | "text" | "whole_number";

  /** One letter that says the same, after one dash. */
  readonly letter?: string;
}

/** What a command line says: `true` for a switch, text for all others. */
export type Flags = ReadonlyMap<string, string | true>;

/** Takes a command line apart. @throws {@link UsageError} for what is unknown, or lacks its value */
export function readFlags(
  commandLine: readonly string[],
  definitions: Readonly<Record<string, FlagDefinition>>,
): Flags {
  const options = Object.fromEntries(
    Object.entries(definitions).map(([name, { kind, letter }]) => [
      name,
      {
        type: kind === "switch" ? ("boolean" as const) : ("string" as const),
        ...(letter !== undefined && { short: letter }),
      },
    ]),
  );
  // Not strict: what it would say does not know which option may have been meant.
  const { tokens } = parseArgs({ args: [...commandLine], options, strict: false, tokens: true });
  const flags = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new UsageError(`there is nothing to do with ${shown(token.value)} (see --help)`);
    }
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (definition === undefined) {
      throw new UsageError(unknownOption(rawName, Object.keys(definitions)));
    }
    if (definition.kind === "switch" && value !== undefined) {
      throw new UsageError(`${rawName} takes no value: write ${rawName} alone, or leave it out`);
    }
    // The next option is no value, unless it is written with an equals sign.
    const isOption = value?.startsWith("--") && !token.inlineValue;
    if (definition.kind !== "switch" && (value === undefined || value === "" || isOption)) {
      throw new UsageError(`${rawName} needs a value (see --help)`);
    }
    flags.set(name, value ?? true);
  }
  return flags;
}

function unknownOption(rawName: string, known: readonly string[]): string {
  const similar = findSimilarName(rawName.replace(/^-+/, ""), known);
  const remedy = similar === undefined ? "" : `: is --${similar} meant?`;
  return `there is no option ${shown(rawName)}${remedy} (see --help)`;
}

/** One line, whatever was typed. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80)).slice(1, -1);
}
