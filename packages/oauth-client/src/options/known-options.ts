import { ConfigurationError } from "@credicorp/oauth-core/errors";
import { serverMetadataNames } from "@credicorp/oauth-core/protocol/server-metadata";

import type {
  ClientPorts,
  OAuthClientOptions,
  TokenOptions,
  ViewOptions,
} from "./client-options.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

/** The names of options, each once: a name that is missing here is an error of the compiler. */
type Names<Options> = Readonly<Record<keyof Options, 0>>;

const portNames: Names<ClientPorts> = { clock: 0, random: 0, sleep: 0 };
const telemetryNames: Names<TelemetryOptions> = { meter: 0, tracer: 0 };
const viewNames: Names<ViewOptions> = { maxWaitMs: 0, resource: 0, scope: 0, waitUntil: 0 };
const callNames: Names<Pick<TokenOptions, "signal">> = { signal: 0 };
const tokenNames: Names<TokenOptions> = { ...viewNames, ...callNames };
const clientNames: Names<OAuthClientOptions> = {
  ...viewNames,
  allowedOrigins: 0,
  authentication: 0,
  basicEncoding: 0,
  baseUrl: 0,
  clientId: 0,
  clientSecret: 0,
  dpop: 0,
  fetch: 0,
  idempotencyKeys: 0,
  issuer: 0,
  metadata: 0,
  ports: 0,
  requestTimeoutMs: 0,
  scopeFor: 0,
  sharing: 0,
  store: 0,
  storeKey: 0,
  telemetry: 0,
  tokenEndpointAuthMethod: 0,
  transport: 0,
  unchallenged401: 0,
};

/**
 * Refuses options of a client that do not exist: a misspelt one would quietly be none.
 *
 * @throws {@link ConfigurationError} for the first.
 */
export function refuseUnknownOptions(options: OAuthClientOptions): void {
  const { metadata, ports, telemetry } = options;
  const { members, aliases } = serverMetadataNames;
  refuseUnknown(options, clientNames);
  refuseUnknown(ports, portNames, "ports.");
  refuseUnknown(telemetry, telemetryNames, "telemetry.");
  refuseUnknown(metadata, members, "metadata.");
  refuseUnknown(metadata?.mtlsEndpointAliases, aliases, "metadata.mtlsEndpointAliases.");
}

/** @throws {@link ConfigurationError} for the first option of a view that does not exist. */
export function refuseUnknownViewOptions(options: ViewOptions): void {
  refuseUnknown(options, viewNames);
}

/** @throws {@link ConfigurationError} for the first option of one call for a token that does not exist. */
export function refuseUnknownTokenOptions(options: TokenOptions): void {
  refuseUnknown(options, tokenNames);
}

/** @throws {@link ConfigurationError} for the first option of one call of the authorization server that does not exist. */
export function refuseUnknownCallOptions(options: Pick<TokenOptions, "signal"> | undefined): void {
  refuseUnknown(options, callNames);
}

function refuseUnknown(given: object | undefined, names: object, path = ""): void {
  for (const name in given) {
    if (Object.hasOwn(names, name)) continue;
    const distance = (known: string): number => distanceOf(name, known);
    const [nearest = ""] = Object.keys(names).toSorted((a, b) => distance(a) - distance(b));
    throw new ConfigurationError(path + name, `There is no option ${path + name}`, {
      ...(distance(nearest) <= 3 && { hint: `Did you mean ${path + nearest}?` }),
    });
  }
}

/** Counts the letters between the beginning and the end that two names share, whatever their case. */
function distanceOf(name: string, known: string): number {
  let [one, other] = [plain(name), plain(known)];
  while (one !== "" && one[0] === other[0]) [one, other] = [one.slice(1), other.slice(1)];
  while (one !== "" && one.at(-1) === other.at(-1)) {
    [one, other] = [one.slice(0, -1), other.slice(0, -1)];
  }
  return Math.max(one.length, other.length);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}
