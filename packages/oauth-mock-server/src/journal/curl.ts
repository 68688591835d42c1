import type { RequestEntry } from "./journal-entry.ts";
import { redacted } from "../secrets/hide-secrets.ts";

/** What curl sets by itself, or would set wrongly when told. */
const ownFields = new Set([
  "host",
  "content-length",
  "connection",
  "user-agent",
  "accept-encoding",
]);

/** The shell variables that stand for what the journal does not show. */
const placeholders: ReadonlyMap<string, string> = new Map([
  ["client_id", "$CLIENT_ID"],
  ["client_secret", "$CLIENT_SECRET"],
  ["client_assertion", "$CLIENT_ASSERTION"],
  ["token", "$TOKEN"],
  ["authorization", "$AUTHORIZATION"],
  ["dpop", "$DPOP_PROOF"],
]);

/**
 * Writes a request as a command line of curl, to be sent to `origin` again.
 *
 * What the journal does not show is a shell variable: `$CLIENT_SECRET`, `$TOKEN`, `$DPOP_PROOF` and so on. All else is
 * quoted, so that no shell takes it for anything but text.
 */
export function formatCurl(entry: RequestEntry, origin: string): string {
  const { method, path, query, headers, form = [] } = entry.request;
  const url = `${origin}${path}${query === "" ? "" : `?${query}`}`;
  // `-g`: brackets are brackets, and no range of URLs; of HEAD curl would wait for the body.
  const verb = method === "HEAD" ? "-I" : `-X ${quote(method)}`;
  const words = [`curl -sS -g ${verb} ${quote(url)}`];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (ownFields.has(lower) || name === redacted) continue;
    const isBasic = lower === "authorization" && value.startsWith("basic");
    if (isBasic) words.push(`-u ${basicUser(entry.clientId)}":$CLIENT_SECRET"`);
    else words.push(`-H ${argument({ name, value, separator: ": " })}`);
  }
  for (const [name, value] of form) {
    words.push(`--data-urlencode ${argument({ name, value, separator: "=" })}`);
  }
  return words.join(" \\\n  ");
}

function argument(field: {
  readonly name: string;
  readonly value: string;
  readonly separator: string;
}): string {
  const { name, value, separator } = field;
  const isHidden = value.includes(redacted) || value.startsWith("[token ");
  if (!isHidden) return quote(`${name}${separator}${value}`);
  return `${quote(`${name}${separator}`)}"${placeholderOf(name)}"`;
}

function placeholderOf(name: string): string {
  const known = placeholders.get(name.toLowerCase());
  // A prefix, lest a parameter named `path` send the reader's own PATH.
  return known ?? `$VALUE_OF_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

function basicUser(clientId: string | undefined): string {
  return clientId === undefined ? '"$CLIENT_ID"' : quote(clientId);
}

/** Single quotes take everything as it is but themselves. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
