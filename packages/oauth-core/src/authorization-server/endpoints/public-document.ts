/**
 * Documents that anybody may read and keep for a while: the metadata and the JWKS.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 | RFC 9110 section 13.1.2}
 * @module
 */

import type { HeaderList, ServerResponse } from "../../http.ts";
import { headerValues } from "../../http.ts";
import { formatPublicCacheControl } from "../../protocol/cache-control.ts";
import type { Exchange, ServerContext } from "../server-context.ts";

/** What a document says, and how it is typed. */
export interface PublicDocument {
  readonly mediaType: string;
  readonly write: (context: ServerContext) => Promise<string>;
}

const entityTagLength = 22;

// Nothing here takes a credential, so any page may read it.
const crossOrigin: HeaderList = [
  ["Access-Control-Allow-Origin", "*"],
  ["Access-Control-Expose-Headers", "ETag, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"],
];

/** Answers GET and HEAD, with 304 where the caller has the document already. */
export async function answerDocument(
  document: PublicDocument,
  exchange: Exchange,
  context: ServerContext,
): Promise<ServerResponse> {
  const { policy, ports } = context;
  const body = await document.write(context);
  const hash = await ports.digest.sha256(ports.bytes.encodeUtf8(body));
  const entityTag = `"${ports.bytes.encodeBase64url(hash).slice(0, entityTagLength)}"`;
  const headers: HeaderList = [
    ["Cache-Control", formatPublicCacheControl(policy.documentMaxAgeSeconds)],
    ["ETag", entityTag],
    ...crossOrigin,
  ];
  const known = headerValues(exchange.request.headers, "if-none-match").join(",");
  if (matches(known, entityTag)) return { status: 304, headers, body: "" };
  return { status: 200, headers: [["Content-Type", document.mediaType], ...headers], body };
}

/** Answers OPTIONS: what may be done with the document, from any page. */
export function answerDocumentOptions(): ServerResponse {
  const headers: HeaderList = [
    ["Allow", "GET, HEAD, OPTIONS"],
    ["Access-Control-Allow-Methods", "GET, HEAD"],
    ["Access-Control-Allow-Headers", "*"],
    ["Access-Control-Max-Age", "86400"],
    ...crossOrigin,
  ];
  return { status: 204, headers, body: "" };
}

/** Compares weakly, as If-None-Match asks. */
function matches(ifNoneMatch: string, entityTag: string): boolean {
  return ifNoneMatch
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""))
    .some((tag) => tag === entityTag || tag === "*");
}
