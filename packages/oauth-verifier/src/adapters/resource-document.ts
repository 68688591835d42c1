/**
 * The resource's metadata as a document to serve.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 | RFC 9728 section 3}
 * @module
 */

import type { ServerResponse } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import {
  formatPublicCacheControl,
  formatResourceMetadata,
  parseAbsoluteUrl,
  resourceMetadataUrl,
} from "@credicorp/oauth-core/protocol";
import type { Verifier } from "../verifier.ts";

/** A document that anybody may read. */
export interface ResourceDocument {
  /** The path that it is found at, the same for every request. */
  readonly path: string;
  readonly response: ServerResponse;
}

/** A verifier as far as its document goes. */
export type DescribedVerifier = Pick<Verifier, "resourceMetadata">;

const maxAgeSeconds = 3600;

/**
 * Writes the document of a verifier.
 *
 * @throws {@link ConfigurationError} when the verifier has no option `resource`
 */
export function createResourceDocument(verifier: DescribedVerifier): ResourceDocument {
  const metadata = verifier.resourceMetadata();
  if (metadata === undefined) {
    throw new ConfigurationError("resource", "The verifier's option resource is missing");
  }
  return {
    path: new URL(resourceMetadataUrl(metadata.resource)).pathname,
    response: {
      status: 200,
      headers: [
        ["Content-Type", "application/json"],
        ["Cache-Control", formatPublicCacheControl(maxAgeSeconds)],
        // It takes no credential, so any page may read it.
        ["Access-Control-Allow-Origin", "*"],
      ],
      body: formatResourceMetadata(metadata),
    },
  };
}

/** Tells whether a request asks for the document; `url` is absolute, or path and query. */
export function asksForDocument(
  { path }: ResourceDocument,
  { method, url }: { readonly method?: string | undefined; readonly url: string },
): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  // What is neither, such as `*` or a URL without a host, is for no document.
  const target = url.startsWith("/")
    ? url.replace(/[?#].*$/s, "")
    : parseAbsoluteUrl(url)?.pathname;
  return target === path;
}
