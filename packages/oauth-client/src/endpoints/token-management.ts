import type { Sleep } from "@credicorp/oauth-core";
import { AbortedError, ConfigurationError } from "@credicorp/oauth-core";
import type { IntrospectionResponse, ServerMetadata } from "@credicorp/oauth-core/protocol";
import {
  formatTokenManagementRequest,
  parseIntrospectionResponse,
} from "@credicorp/oauth-core/protocol";

import type { Discovery } from "./discovery.ts";
import type { EndpointCall, EndpointRequest } from "./endpoint-call.ts";
import { buildProtocolError } from "./endpoint-call.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import { shareSignal } from "../waiting/shared-signal.ts";

/** Introspection and revocation, each one request without retries. */
export interface TokenManagement {
  readonly introspect: (token: string, signal?: AbortSignal) => Promise<IntrospectionResponse>;
  readonly revoke: (token: string, signal?: AbortSignal) => Promise<void>;
}

interface ManagementEndpoint {
  readonly target: string;
  readonly url: keyof ServerMetadata & `${string}Endpoint`;
  readonly methods: keyof ServerMetadata & `${string}AuthMethodsSupported`;
  readonly algorithms: keyof ServerMetadata & `${string}AuthSigningAlgValuesSupported`;
}

const introspection: ManagementEndpoint = {
  target: "The introspection endpoint",
  url: "introspectionEndpoint",
  methods: "introspectionEndpointAuthMethodsSupported",
  algorithms: "introspectionEndpointAuthSigningAlgValuesSupported",
};
const revocation: ManagementEndpoint = {
  target: "The revocation endpoint",
  url: "revocationEndpoint",
  methods: "revocationEndpointAuthMethodsSupported",
  algorithms: "revocationEndpointAuthSigningAlgValuesSupported",
};

/** Makes introspection and revocation. */
export function createTokenManagement(ports: {
  readonly discover: Discovery;
  readonly callEndpoint: EndpointCall;
  readonly sleep: Sleep;
}): TokenManagement {
  const { discover, callEndpoint, sleep } = ports;

  async function findEndpoint(
    endpoint: ManagementEndpoint,
    signal: AbortSignal | undefined,
  ): Promise<Pick<EndpointRequest, "url" | "supportedMethods" | "supportedAlgorithms">> {
    // The request for the metadata is others' too: it goes on when this caller does not wait for it.
    const bound = { timeoutMs: Infinity, sleep, signal: signal && shareSignal(signal) };
    const metadata = await settleWithin(discover(), bound);
    if (metadata === undefined) throw new AbortedError("The request was aborted");
    if (!metadata.ok) throw metadata.failure;
    const { [endpoint.url]: url, [endpoint.methods]: methods } = metadata.value;
    if (url === undefined) {
      throw new ConfigurationError("metadata", `The server's metadata has no ${endpoint.url}`, {
        reference: "RFC 8414 section 2",
      });
    }
    const { tokenEndpointAuthMethodsSupported, tokenEndpointAuthSigningAlgValuesSupported } =
      metadata.value;
    return {
      url,
      supportedMethods: methods ?? tokenEndpointAuthMethodsSupported,
      supportedAlgorithms:
        metadata.value[endpoint.algorithms] ?? tokenEndpointAuthSigningAlgValuesSupported,
    };
  }

  async function post(
    endpoint: ManagementEndpoint,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    if (typeof token !== "string" || token === "") {
      throw new ConfigurationError(
        "token",
        "There is no token: a text that is not empty was expected",
      );
    }
    const body = await callEndpoint({
      target: endpoint.target,
      ...(await findEndpoint(endpoint, signal)),
      format: (authentication) =>
        formatTokenManagementRequest({ token, tokenTypeHint: "access_token", authentication }),
      signal,
      secrets: [token],
    });
    if (!body.ok) throw body.failure;
    return body.value;
  }

  return {
    introspect: async (token, signal) => {
      const body = await post(introspection, token, signal);
      const response = parseIntrospectionResponse(body);
      if (!response.ok) throw buildProtocolError(response.failure, introspection.target);
      return response.value;
    },
    revoke: async (token, signal) => {
      await post(revocation, token, signal);
    },
  };
}
