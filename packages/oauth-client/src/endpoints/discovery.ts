import type { AnyOAuthError, Result } from "@credicorp/oauth-core";
import { failed, HttpStatusError, ok } from "@credicorp/oauth-core";
import type { ServerMetadata } from "@credicorp/oauth-core/protocol";
import { metadataUrl, parseServerMetadata } from "@credicorp/oauth-core/protocol";

import type { ClientSettings } from "../options/client-settings.ts";
import { buildProtocolError } from "./endpoint-call.ts";
import type { EndpointPorts } from "./exchange.ts";
import { fetchDocument } from "./exchange.ts";

/** Returns the metadata of the authorization server, fetched when needed; never rejects. */
export type Discovery = () => Promise<Result<ServerMetadata, AnyOAuthError>>;

/** What {@link createDiscovery} needs. */
export interface DiscoveryOptions extends Pick<ClientSettings, "issuer" | "metadata"> {
  /** Whether callers may await one another's request; else those who have no metadata ask each for itself. */
  readonly sharesPromises: boolean;
}

const freshForMs = 3_600_000;
const retryAfterMs = 60_000;
const target = "The authorization server's metadata";

/**
 * Makes the discovery of one issuer.
 *
 * Metadata is kept for an hour; then it is fetched again in the background, at most once a minute, and the old one goes on
 * until a new one is there. Callers who have none share one request, and its failure is not kept.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414 | RFC 8414}
 */
export function createDiscovery(
  { issuer, metadata, sharesPromises }: DiscoveryOptions,
  ports: EndpointPorts,
): Discovery {
  if (metadata !== undefined) return async () => ok(metadata);
  const { clock } = ports;
  let known: { readonly metadata: ServerMetadata; readonly refreshAtMs: number } | undefined;
  let inFlight: ReturnType<Discovery> | undefined;

  async function refresh(): ReturnType<Discovery> {
    const result = await fetchMetadata(issuer, ports);
    if (result.ok) {
      known = { metadata: result.value, refreshAtMs: clock.monotonicMs() + freshForMs };
    }
    inFlight = undefined;
    return result;
  }

  return async () => {
    if (known !== undefined && clock.monotonicMs() < known.refreshAtMs) return ok(known.metadata);
    if (known !== undefined) {
      // Whoever makes this request may be gone before it ends: the next try comes all the same.
      known = { ...known, refreshAtMs: clock.monotonicMs() + retryAfterMs };
      void refresh();
      return ok(known.metadata);
    }
    return sharesPromises ? (inFlight ??= refresh()) : refresh();
  };
}

async function fetchMetadata(issuer: string, ports: EndpointPorts): ReturnType<Discovery> {
  const url = metadataUrl(issuer);
  const body = await fetchDocument(url, target, ports);
  if (!body.ok) {
    const { failure } = body;
    if (failure.kind !== "http" || failure.status !== 404) return body;
    return failed(
      new HttpStatusError(404, {
        hint: `There is no metadata at ${url}: is baseUrl the origin of the partner API?`,
        reference: "RFC 8414 section 3",
      }),
    );
  }
  const metadata = parseServerMetadata(body.value, issuer);
  return metadata.ok ? metadata : failed(buildProtocolError(metadata.failure, target));
}
