/**
 * The text of a configuration file, JSON or YAML, and where in it something is.
 *
 * Nothing here repeats the text, but for the names of members: it holds secrets, and the parsers' own messages quote it.
 *
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";

import { findRepeatedMember } from "./repeated-member.ts";

/** Reads a text. @throws {@link ConfigurationError} with path, line and column of what is wrong */
export async function parseConfigurationText(text: string, path: string): Promise<unknown> {
  return isYaml(path) ? parseYaml(text, path) : parseJson(text, path);
}

/** Writes a place as `path:line:column`; without them, if what is there cannot be found. */
export async function locate(
  { text, path }: { readonly text: string; readonly path: string },
  members: readonly PropertyKey[],
): Promise<string> {
  // JSON is YAML as well, and this library keeps positions. Only a faulty file needs it.
  const { LineCounter, isMap, isNode, isScalar, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const steps = members.slice(0, -1);
  const last = members.at(-1);
  const parent = members.length === 0 ? document.contents : document.getIn(steps, true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
    : undefined;
  const node = pair?.key ?? document.getIn(members, true) ?? parent;
  const offset = isNode(node) ? node.range?.[0] : undefined;
  return offset === undefined ? path : place(path, lineCounter.linePos(offset));
}

function place(
  path: string,
  { line, col }: { readonly line: number; readonly col: number },
): string {
  return `${path}:${line}:${col}`;
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const [error] = document.errors;
  if (error === undefined) return toValue(document, path);
  const where = place(path, lineCounter.linePos(error.pos[0]));
  const reason = error.code.toLowerCase().replaceAll("_", " ");
  throw new ConfigurationError("--config", `${where} is not YAML (${reason}): correct it there`);
}

function toValue(document: { readonly toJS: () => unknown }, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new ConfigurationError(
      "--config",
      `${path} has an alias that leads nowhere or too far: write the value out`,
    );
  }
}

function parseJson(text: string, path: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const where = place(path, positionOf(text, firstErrorOffset(text)));
    throw new ConfigurationError("--config", `${where} is not JSON: correct it there`);
  }
  const repeated = findRepeatedMember(text);
  if (repeated === undefined) return value;
  const where = place(path, positionOf(text, repeated.offset));
  throw new ConfigurationError(
    "--config",
    `${where} has the member ${JSON.stringify(repeated.name)} a second time: remove one of them`,
  );
}

function positionOf(text: string, offset: number): { readonly line: number; readonly col: number } {
  const before = text.slice(0, offset);
  return {
    line: before.split("\n").length,
    col: before.length - before.lastIndexOf("\n"),
  };
}

/** Finds where a text stops being the beginning of some JSON text: every shorter prefix is merely incomplete. */
function firstErrorOffset(text: string): number {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginningOfJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isBeginningOfJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) return false;
    const position = /at position (\d+)/.exec(error.message)?.[1];
    // Where more is expected, the parser complains about the very end.
    return (
      /end of JSON input|Unterminated string/.test(error.message) ||
      Number(position) === text.length
    );
  }
}
