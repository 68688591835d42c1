/**
 * The journal as an HTTP archive, for browsers and other tools that read it.
 *
 * @see {@link http://www.softwareishard.com/blog/har-12-spec/ | HAR 1.2}
 * @module
 */

import { STATUS_CODES } from "node:http";

import type { HeaderList } from "@credicorp/oauth-core";
import { singleHeaderValue } from "@credicorp/oauth-core";
import { formatForm, formMediaType } from "@credicorp/oauth-core/protocol";

import { redacted } from "../secrets/hide-secrets.ts";
import type { JournalRequest, RequestEntry } from "./journal-entry.ts";

/** A name and its value. */
export interface HarField {
  readonly name: string;
  readonly value: string;
}

/** A request and its answer; members with an underscore are ours, as the format allows. */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarField[];
    readonly headers: readonly HarField[];
    readonly queryString: readonly HarField[];
    readonly postData?: {
      readonly mimeType: string;
      readonly params: readonly HarField[];
      readonly text: string;
    };
    readonly headersSize: -1;

    /** In bytes, as it was sent: what is shown of it may be shorter. */
    readonly bodySize: number;
  };
  readonly response: {
    readonly status: number;
    readonly statusText: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarField[];
    readonly headers: readonly HarField[];
    readonly content: { readonly size: number; readonly mimeType: string; readonly text: string };
    readonly redirectURL: string;
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: 0; readonly wait: number; readonly receive: 0 };
  readonly _requestId?: string | undefined;
  readonly _clientId?: string | undefined;

  /** The reason of a refusal, which the caller was not told. */
  readonly _why?: string | undefined;
}

/** An archive, ready for `JSON.stringify`. */
export interface Har {
  readonly log: {
    readonly version: "1.2";
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
  };
}

/** Writes entries as an archive; `origin` is where they were sent, and `version` that of this package. */
export function formatHar(
  entries: readonly RequestEntry[],
  { origin, version }: { readonly origin: string; readonly version: string },
): Har {
  return {
    log: {
      version: "1.2",
      creator: { name: "@credicorp/oauth-mock-server", version },
      entries: entries.map((entry) => harEntry(entry, origin)),
    },
  };
}

// Within a process there is none.
const noVersion = "unknown";

function harEntry(entry: RequestEntry, origin: string): HarEntry {
  const { request, response, durationMs, event } = entry;
  const { query, httpVersion } = request;
  const type = singleHeaderValue(response.headers, "content-type") ?? "";
  return {
    startedDateTime: new Date(entry.at * 1000).toISOString(),
    time: durationMs,
    request: {
      method: request.method,
      url: `${origin}${request.path}${query === "" ? "" : `?${query}`}`,
      httpVersion: httpVersion === undefined ? noVersion : `HTTP/${httpVersion}`,
      cookies: [],
      headers: fields(request.headers),
      queryString: query === "" ? [] : query.split("&").map(queryField),
      ...(request.bodyBytes > 0 && { postData: postDataOf(request) }),
      headersSize: -1,
      bodySize: request.bodyBytes,
    },
    response: {
      status: response.status,
      statusText: STATUS_CODES[response.status] ?? "",
      // Whatever the version of the request: the server speaks this one.
      httpVersion: httpVersion === undefined ? noVersion : "HTTP/1.1",
      cookies: [],
      headers: fields(response.headers),
      content: { size: response.bodyBytes, mimeType: type, text: response.body },
      redirectURL: "",
      headersSize: -1,
      bodySize: response.bodyBytes,
    },
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
    _requestId: entry.requestId,
    _clientId: entry.clientId,
    _why: event?.type === "request_refused" ? event.why : undefined,
  };
}

function postDataOf({
  headers,
  form,
}: JournalRequest): NonNullable<HarEntry["request"]["postData"]> {
  if (form === undefined) {
    const mimeType = singleHeaderValue(headers, "content-type") ?? "";
    return { mimeType, params: [], text: redacted };
  }
  return { mimeType: formMediaType, params: fields(form), text: formatForm(form) };
}

function fields(list: HeaderList): readonly HarField[] {
  return list.map(([name, value]) => ({ name, value }));
}

function queryField(text: string): HarField {
  const [name = "", ...value] = text.split("=");
  return { name, value: value.join("=") };
}
