import type { Result } from "@credicorp/oauth-core";
import { ok } from "@credicorp/oauth-core";
import type {
  KeySetAnswer,
  KeySetRequest,
  KeySetSource,
  KeySetSourceFailure,
} from "@credicorp/oauth-core/key-set";
import { fetchKeySet } from "@credicorp/oauth-core/key-set";

import { createDiscoveredUrl } from "../discovery/discovered-url.ts";
import type { Sharing } from "../options/sharing.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";

/** Where the keys are, and how long an answer may take. */
export interface KeySourceOptions {
  readonly issuer: string;

  /** `undefined`: as the issuer's metadata says. */
  readonly jwksUri: string | undefined;
  readonly timeoutMs: number;
  readonly sharing: Sharing;
}

/**
 * Makes a source that finds the key set by the issuer's metadata, again after an hour and after every failure.
 *
 * While the metadata cannot be reached, the place it named last still holds; a document that is wrong ends that.
 */
export function createKeySource(
  options: KeySourceOptions,
  ports: Pick<VerifierPorts, "transport" | "clock" | "bytes">,
): KeySetSource {
  const { issuer, jwksUri, timeoutMs, sharing } = options;
  const discovery = createDiscoveredUrl(
    { issuer, timeoutMs, sharing, member: "jwksUri", missing: "metadata_jwks_uri_missing" },
    ports,
  );

  const fetchKeys = async (
    request: KeySetRequest,
  ): Promise<Result<KeySetAnswer, KeySetSourceFailure>> => {
    const url = jwksUri === undefined ? await discovery.find(request.signal) : ok(jwksUri);
    return url.ok ? fetchKeySet(url.value, { ...request, timeoutMs }, ports) : url;
  };

  return async (request) => {
    const result = await fetchKeys(request);
    if (!result.ok) discovery.doubt();
    return result;
  };
}
