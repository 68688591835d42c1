import type { HttpTransport, ProtocolFailure, Result } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { ReceivedKeySet } from "@credicorp/oauth-core/key-set";
import { maxKeySetBytes, parseKeySetResponse } from "@credicorp/oauth-core/key-set";
import { metadataUrl, parseServerMetadata } from "@credicorp/oauth-core/protocol";

import type { VerifierPorts } from "./verifier-options.ts";

/** Fetches an issuer's keys once; never rejects. */
export type KeySource = (signal: AbortSignal) => Promise<Result<ReceivedKeySet, KeySourceFailure>>;

/** Why the keys could not be had. */
export interface KeySourceFailure {
  /** Such as `network`, `timeout`, `jwks_status`, `metadata_issuer_mismatch`. */
  readonly code: string;
}

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
): KeySource {
  const { issuer, jwksUri, timeoutMs } = options;
  const { transport, clock, bytes } = ports;
  let discovered: { readonly jwksUri: string; readonly freshUntilMs: number } | undefined;

  const get = (
    url: string,
    limits: { readonly signal: AbortSignal; readonly maxBodyBytes: number },
  ): ReturnType<HttpTransport> =>
    transport(
      { method: "GET", url, headers: [["Accept", "application/json"]] },
      { ...limits, timeoutMs },
    );

  const fetchKeysUrl = async (signal: AbortSignal): Promise<Result<string, KeySourceFailure>> => {
    const response = await get(metadataUrl(issuer), { signal, maxBodyBytes: maxMetadataBytes });
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

  const discover = async (signal: AbortSignal): Promise<Result<string, KeySourceFailure>> => {
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
    signal: AbortSignal,
  ): Promise<Result<ReceivedKeySet, KeySourceFailure | ProtocolFailure>> => {
    const url = jwksUri === undefined ? await discover(signal) : ok(jwksUri);
    if (!url.ok) return url;
    const response = await get(url.value, { signal, maxBodyBytes: maxKeySetBytes });
    if (!response.ok) return failed({ code: response.failure.kind });
    return parseKeySetResponse(response.value, bytes);
  };

  return async (signal) => {
    const result = await fetchKeys(signal);
    if (!result.ok && discovered !== undefined) discovered = { ...discovered, freshUntilMs: 0 };
    return result;
  };
}
