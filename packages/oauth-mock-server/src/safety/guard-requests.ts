/**
 * What a web page may not do to a sandbox that runs on the machine of whoever reads the page.
 *
 * A page of another site can send requests to loopback, and by DNS rebinding it can read the answers too: the browser
 * then takes the sandbox for a server of that site. `Host` and `Origin` give both away.
 *
 * @module
 */

import { randomBytes } from "node:crypto";

import type { Clock, HeaderList, ServerRequest } from "@credicorp/oauth-core";
import {
  formatHttpDate,
  formatProblemDetails,
  isLoopbackHost,
  problemMediaType,
} from "@credicorp/oauth-core/protocol";

import { sandboxMark } from "../http/sandbox-mark.ts";
import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import { hostNameOf, isAddress } from "../http/host-name.ts";
import { pathOf } from "../http/target-path.ts";

/** Who may be meant by a request, and who may send it. */
export interface RequestGuard {
  /** Names beside those of loopback, in lower case: configured, and of the issuer. */
  readonly isAllowedHost: (hostName: string) => boolean;

  /** Whether any address in `Host` is good: the sandbox listens elsewhere than on loopback. */
  readonly allowsAddresses: () => boolean;

  /** Whether pages of all sites may read what is at a path, without its query. */
  readonly isPublicDocument: (path: string) => boolean;

  readonly clock: Pick<Clock, "now">;

  /** Answers for a request that is refused, and may note it. */
  readonly note: (refuse: SandboxHandler) => SandboxHandler;
}

/** Refuses requests for other hosts, and those that pages of other sites send. */
export function withRequestGuard(handle: SandboxHandler, guard: RequestGuard): SandboxHandler {
  const { clock, note } = guard;
  const refuseHost = note(async () => refusal(misdirected, clock.now()));
  const readHost = createHostReader();
  const refusePage = note(async () => refusal(crossSite, clock.now()));
  return (request) => {
    const origin = originFields(request.headers);
    if (origin.host !== undefined && !isOurs(readHost(origin.host), guard)) {
      return refuseHost(request);
    }
    if (isCrossSite(request, origin) && !guard.isPublicDocument(pathOf(request.target))) {
      return refusePage(request);
    }
    return handle(request);
  };
}

interface OriginFields {
  /** Absent in HTTP/1.0 and without a port, where no browser is. */
  readonly host?: string;
  readonly origin?: string;
  readonly site?: string;
  readonly mode?: string;
}

const fieldNames: ReadonlyMap<string, keyof OriginFields> = new Map([
  ["host", "host"],
  ["origin", "origin"],
  ["sec-fetch-site", "site"],
  ["sec-fetch-mode", "mode"],
]);

// Most fields are told from them by their length, which costs less than a copy in lower case.
const fieldNameLengths = new Set([...fieldNames.keys()].map(({ length }) => length));

function originFields(headers: HeaderList): OriginFields {
  const fields: { -readonly [Name in keyof OriginFields]: OriginFields[Name] } = {};
  for (const [name, value] of headers) {
    const field = fieldNameLengths.has(name.length)
      ? fieldNames.get(name.toLowerCase())
      : undefined;
    // Of two, neither is to be believed: joined they match nothing.
    if (field !== undefined) {
      fields[field] = fields[field] === undefined ? value : `${fields[field]},${value}`;
    }
  }
  return fields;
}

interface Host {
  /** Absent: the field names none. */
  readonly name: string | undefined;
  readonly isLoopback: boolean;
}

/** Makes a function that takes a field apart, but for one that says what the last one said. */
function createHostReader(): (field: string) => Host {
  let last: (Host & { readonly field: string }) | undefined;
  return (field) => {
    if (last?.field === field) return last;
    const name = hostNameOf(field);
    last = { field, name, isLoopback: name !== undefined && isLoopbackHost(name) };
    return last;
  };
}

function isOurs(
  { name, isLoopback }: Host,
  { isAllowedHost, allowsAddresses }: RequestGuard,
): boolean {
  if (name === undefined) return false;
  if (isLoopback || isAllowedHost(name)) return true;
  return allowsAddresses() && isAddress(name);
}

function isCrossSite(
  { method }: Pick<ServerRequest, "method">,
  { host, origin, site, mode }: OriginFields,
): boolean {
  if (origin !== undefined && !isOriginOf(origin, host)) return true;
  if (site === undefined || site === "same-origin" || site === "none") return false;
  // Who follows a link reads the page himself; the site that the link is on reads nothing.
  return !(mode === "navigate" && method === "GET");
}

/** The scheme does not matter: a proxy may have taken TLS off. */
function isOriginOf(origin: string, host: string | undefined): boolean {
  const authority = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
  return authority !== undefined && authority.toLowerCase() === host?.toLowerCase();
}

// Neither repeats what was sent.
const misdirected = {
  status: 421,
  title: "Misdirected Request",
  detail:
    "Host names neither this machine nor the issuer: call the sandbox by its URL, or add the name to allowedHosts",
};
const crossSite = {
  status: 403,
  title: "Forbidden",
  detail: "A page of another site sent this request: only metadata and JWKS are for pages",
};

const identifierBytes = 16;

function refusal(problem: typeof misdirected, now: number): SandboxResponse {
  return {
    status: problem.status,
    headers: [
      ["Content-Type", problemMediaType],
      ["Cache-Control", "no-store"],
      ["Date", formatHttpDate(now)],
      ["X-Content-Type-Options", "nosniff"],
      ["X-Request-Id", randomBytes(identifierBytes).toString("base64url")],
      sandboxMark,
    ],
    body: formatProblemDetails({ type: "about:blank", ...problem }),
  };
}
