import { formatForm } from "@credicorp/oauth-core/protocol";

import { redacted } from "../secrets/hide-secrets.ts";
import type { RequestEntry } from "./journal-entry.ts";

/** What curl sets by itself, or would set wrongly when told. */
const ownFields = new Set([
  "content-length",
  "transfer-encoding",
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

/** What is not shown to its end ends with this. */
const cutEnd = "…";

/**
 * Writes a request as a command line of curl, to be sent to `origin` again.
 *
 * What the journal does not show is a shell variable: `$CLIENT_SECRET`, `$TOKEN`, `$DPOP_PROOF`, `$BODY` and so on. Where
 * it goes into `-u`, the secret is to be form-encoded, as RFC 6749 section 2.3.1 asks; the id is already. All else is
 * quoted, so that no shell takes it for anything but text.
 */
export function formatCurl(entry: RequestEntry, origin: string): string {
  const { method } = entry.request;
  // Of HEAD curl would wait for the body.
  const verb = method === "HEAD" ? "-I" : `-X ${quote(method)}`;
  return [
    // `-g`: brackets are brackets, and no range of URLs; dots are dots.
    `curl -sS -g --path-as-is ${verb} ${formatPlace(entry, origin)}`,
    ...formatFields(entry, origin),
    ...(method === "HEAD" ? [] : formatBody(entry)),
  ].join(" \\\n  ");
}

function formatPlace({ request: { path, query } }: RequestEntry, origin: string): string {
  // A URL of curl ends at a `#`, and has no spaces.
  const target = `${path}${query === "" ? "" : `?${query}`}`.replace(/[#\s\p{Cc}]/gu, (sign) =>
    encodeURIComponent(sign),
  );
  return target.startsWith("/")
    ? quote(origin + target)
    : `--request-target ${quote(target)} ${quote(origin)}`;
}

function formatFields({ clientId, request }: RequestEntry, origin: string): readonly string[] {
  const { headers, bodyBytes } = request;
  const ownHost = new URL(origin).host;
  const names = headers.map(([name]) => name.toLowerCase());
  const isOnce = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
  const words = headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (ownFields.has(lower) || name === redacted) return [];
    if (lower === "host" && (value.toLowerCase() === ownHost || isHidden(value))) return [];
    const isBasic = lower === "authorization" && value.startsWith("basic");
    if (isBasic && isOnce(lower)) return [`-u ${basicUser(clientId)}":$CLIENT_SECRET"`];
    // A field that ends with its colon is one that curl is to leave out.
    if (value.trim() === "") return [`-H ${quote(`${name};`)}`];
    return [`-H ${argument({ name, value, separator: ": " })}`];
  });
  // It would add the type of a form.
  if (bodyBytes > 0 && !names.includes("content-type")) words.push(`-H 'Content-Type:'`);
  return words;
}

function formatBody({ request: { form, bodyBytes } }: RequestEntry): readonly string[] {
  if (form === undefined) return bodyBytes === 0 ? [] : ['--data-binary "$BODY"'];
  return form.map(([name, value]) => {
    const encoded = isHidden(name) ? name : encode(name);
    // What steers a terminal is better not printed, and NUL no argument can have.
    if (/\p{Cc}/u.test(value)) return `--data-raw ${quote(`${encoded}=${encode(value)}`)}`;
    return `--data-urlencode ${argument({ name: encoded, value, separator: "=" })}`;
  });
}

function argument(field: {
  readonly name: string;
  readonly value: string;
  readonly separator: string;
}): string {
  const { name, value, separator } = field;
  if (!isHidden(value)) return quote(`${name}${separator}${value}`);
  return `${quote(`${name}${separator}`)}"${placeholderOf(name)}"`;
}

function isHidden(value: string): boolean {
  return value.includes(redacted) || value.startsWith("[token ") || value.endsWith(cutEnd);
}

function placeholderOf(name: string): string {
  const known = placeholders.get(name.toLowerCase());
  // A prefix, lest a parameter named `path` send the reader's own PATH.
  return known ?? `$VALUE_OF_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

function basicUser(clientId: string | undefined): string {
  return clientId === undefined ? '"$CLIENT_ID"' : quote(encode(clientId));
}

function encode(text: string): string {
  return formatForm([["", text]]).slice(1);
}

/** Single quotes take everything as it is but themselves. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
