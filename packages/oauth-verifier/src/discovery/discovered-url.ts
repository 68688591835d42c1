import type { CancelSignal, Result } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { KeySetSourceFailure } from "@credicorp/oauth-core/key-set";
import { metadataUrl, parseServerMetadata } from "@credicorp/oauth-core/protocol";

import type { Sharing } from "../options/sharing.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";

/** Where one of an issuer's endpoints is, as its metadata says. */
export interface DiscoveredUrl {
  /** Asks for the metadata where what is known is older than an hour or doubted; one request at a time. */
  readonly find: (signal: CancelSignal) => Promise<Result<string, KeySetSourceFailure>>;

  /** Has the metadata asked for again the next time: the endpoint failed, and may be elsewhere by now. */
  readonly doubt: () => void;
}

/** Whose metadata, and which of its members. */
export interface DiscoveryOptions {
  readonly issuer: string;
  readonly timeoutMs: number;

  /** With `value` each asks for itself. @defaultValue `promise` */
  readonly sharing?: Sharing | undefined;
  readonly member: "jwksUri" | "introspectionEndpoint";

  /** The failure of a document without it. */
  readonly missing: string;
}

const maxMetadataBytes = 65_536;
const discoveryLifetimeMs = 3_600_000;

// They say nothing about where the endpoint is, unlike a document that is wrong or gone.
const outages: ReadonlySet<string> = new Set(["network", "timeout", "metadata_unavailable"]);

/** While the metadata cannot be reached, the place it named last still holds; a document that is wrong ends that. */
export function createDiscoveredUrl(
  options: DiscoveryOptions,
  ports: Pick<VerifierPorts, "transport" | "clock" | "bytes">,
): DiscoveredUrl {
  const { issuer, timeoutMs, sharing, member, missing } = options;
  const { transport, clock, bytes } = ports;
  let discovered: { readonly url: string; readonly freshUntilMs: number } | undefined;
  let inFlight: Promise<Result<string, KeySetSourceFailure>> | undefined;

  const fetchUrl = async (signal: CancelSignal): Promise<Result<string, KeySetSourceFailure>> => {
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
    const found = metadata.value[member];
    return found === undefined ? failed({ code: missing }) : ok(found);
  };

  const discover = async (signal: CancelSignal): Promise<Result<string, KeySetSourceFailure>> => {
    const nowMs = clock.monotonicMs();
    const found = await fetchUrl(signal);
    if (found.ok) {
      discovered = { url: found.value, freshUntilMs: nowMs + discoveryLifetimeMs };
    } else if (!outages.has(found.failure.code)) {
      discovered = undefined;
    } else if (discovered !== undefined) {
      return ok(discovered.url);
    }
    return found;
  };

  return {
    find: async (signal) => {
      if (discovered !== undefined && clock.monotonicMs() < discovered.freshUntilMs) {
        return ok(discovered.url);
      }
      if (sharing === "value") return discover(signal);
      inFlight ??= discover(signal).finally(() => {
        inFlight = undefined;
      });
      return inFlight;
    },
    doubt: () => {
      if (discovered !== undefined) discovered = { ...discovered, freshUntilMs: 0 };
    },
  };
}
