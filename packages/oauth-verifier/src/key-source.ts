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

/** Makes a source that finds the key set by the issuer's metadata, again after an hour and after every failure. */
export function createKeySource(
  options: KeySourceOptions,
  ports: Pick<VerifierPorts, "transport" | "clock" | "bytes">,
): KeySource {
  const { issuer, jwksUri, timeoutMs } = options;
  const { transport, clock, bytes } = ports;
  let discovered: { readonly jwksUri: string; readonly atMs: number } | undefined;

  const get = (
    url: string,
    limits: { readonly signal: AbortSignal; readonly maxBodyBytes: number },
  ): ReturnType<HttpTransport> =>
    transport(
      { method: "GET", url, headers: [["Accept", "application/json"]] },
      { ...limits, timeoutMs },
    );

  const discover = async (signal: AbortSignal): Promise<Result<string, KeySourceFailure>> => {
    const nowMs = clock.monotonicMs();
    if (discovered !== undefined && nowMs < discovered.atMs + discoveryLifetimeMs) {
      return ok(discovered.jwksUri);
    }
    const response = await get(metadataUrl(issuer), { signal, maxBodyBytes: maxMetadataBytes });
    if (!response.ok) return failed({ code: response.failure.kind });
    if (response.value.status !== 200) return failed({ code: "metadata_status" });
    const text = bytes.decodeUtf8(response.value.body) ?? "";
    const metadata = parseServerMetadata(text, issuer);
    if (!metadata.ok) return metadata;
    const found = metadata.value.jwksUri;
    if (found === undefined) return failed({ code: "metadata_jwks_uri_missing" });
    // An issuer on https never sends us to plain http, not even to a port of this machine.
    if (issuer.startsWith("https:") && !found.startsWith("https:")) {
      return failed({ code: "metadata_insecure" });
    }
    discovered = { jwksUri: found, atMs: nowMs };
    return ok(found);
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
    if (!result.ok) discovered = undefined;
    return result;
  };
}
