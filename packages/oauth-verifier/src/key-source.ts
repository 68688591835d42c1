import type { CancelSignal, Result } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type {
  KeySetAnswer,
  KeySetRequest,
  KeySetSource,
  KeySetSourceFailure,
} from "@credicorp/oauth-core/key-set";
import { fetchKeySet } from "@credicorp/oauth-core/key-set";
import { metadataUrl, parseServerMetadata } from "@credicorp/oauth-core/protocol";

import type { VerifierPorts } from "./verifier-options.ts";

/** Where the keys are, and how long an answer may take. */
export interface KeySourceOptions {
  readonly issuer: string;

  /** `undefined`: as the issuer's metadata says. */
  readonly jwksUri: string | undefined;
  readonly timeoutMs: number;
}

const maxMetadataBytes = 65_536;
const discoveryLifetimeMs = 3_600_000;

// They say nothing about where the keys are, unlike a document that is wrong or gone.
const outages: ReadonlySet<string> = new Set(["network", "timeout", "metadata_unavailable"]);

/**
 * Makes a source that finds the key set by the issuer's metadata, again after an hour and after every failure.
 *
 * While the metadata cannot be reached, the place it named last still holds; a document that is wrong ends that.
 */
export function createKeySource(
  options: KeySourceOptions,
  ports: Pick<VerifierPorts, "transport" | "clock" | "bytes">,
): KeySetSource {
  const { issuer, jwksUri, timeoutMs } = options;
  const { transport, clock, bytes } = ports;
  let discovered: { readonly jwksUri: string; readonly freshUntilMs: number } | undefined;

  const fetchKeysUrl = async (
    signal: CancelSignal,
  ): Promise<Result<string, KeySetSourceFailure>> => {
    const response = await transport(
      { method: "GET", url: metadataUrl(issuer), headers: [["Accept", "application/json"]] },
      { signal, timeoutMs, maxBodyBytes: maxMetadataBytes },
    );
    if (!response.ok) return failed({ code: response.failure.kind });
    const { status } = response.value;
    if (status >= 500) return failed({ code: "metadata_unavailable" });
    if (status !== 200) return failed({ code: "metadata_status" });
    const text = bytes.decodeUtf8(response.value.body) ?? "";
    const metadata = parseServerMetadata(text, issuer);
    if (!metadata.ok) return metadata;
    const found = metadata.value.jwksUri;
    if (found === undefined) return failed({ code: "metadata_jwks_uri_missing" });
    return ok(found);
  };

  const discover = async (signal: CancelSignal): Promise<Result<string, KeySetSourceFailure>> => {
    const nowMs = clock.monotonicMs();
    if (discovered !== undefined && nowMs < discovered.freshUntilMs) return ok(discovered.jwksUri);
    const found = await fetchKeysUrl(signal);
    if (found.ok) {
      discovered = { jwksUri: found.value, freshUntilMs: nowMs + discoveryLifetimeMs };
    } else if (!outages.has(found.failure.code)) {
      discovered = undefined;
    } else if (discovered !== undefined) {
      return ok(discovered.jwksUri);
    }
    return found;
  };

  const fetchKeys = async (
    request: KeySetRequest,
  ): Promise<Result<KeySetAnswer, KeySetSourceFailure>> => {
    const url = jwksUri === undefined ? await discover(request.signal) : ok(jwksUri);
    return url.ok ? fetchKeySet(url.value, { ...request, timeoutMs }, ports) : url;
  };

  return async (request) => {
    const result = await fetchKeys(request);
    if (!result.ok && discovered !== undefined) discovered = { ...discovered, freshUntilMs: 0 };
    return result;
  };
}
