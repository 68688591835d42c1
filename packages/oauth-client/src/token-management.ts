import { ConfigurationError } from "@credicorp/oauth-core";
import type { IntrospectionResponse, ServerMetadata } from "@credicorp/oauth-core/protocol";
import {
  formatTokenManagementRequest,
  parseIntrospectionResponse,
} from "@credicorp/oauth-core/protocol";

import type { Discovery } from "./discovery.ts";
import type { EndpointCall } from "./endpoint-call.ts";
import { buildProtocolError } from "./endpoint-call.ts";

/** Introspection and revocation, each one request without retries. */
export interface TokenManagement {
  readonly introspect: (token: string, signal?: AbortSignal) => Promise<IntrospectionResponse>;
  readonly revoke: (token: string, signal?: AbortSignal) => Promise<void>;
}

interface ManagementEndpoint {
  readonly target: string;
  readonly url: keyof ServerMetadata & `${string}Endpoint`;
  readonly methods: keyof ServerMetadata & `${string}AuthMethodsSupported`;
}

const introspection: ManagementEndpoint = {
  target: "The introspection endpoint",
  url: "introspectionEndpoint",
  methods: "introspectionEndpointAuthMethodsSupported",
};
const revocation: ManagementEndpoint = {
  target: "The revocation endpoint",
  url: "revocationEndpoint",
  methods: "revocationEndpointAuthMethodsSupported",
};

/** Makes introspection and revocation. */
export function createTokenManagement(ports: {
  readonly discover: Discovery;
  readonly callEndpoint: EndpointCall;
}): TokenManagement {
  async function post(
    endpoint: ManagementEndpoint,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const metadata = await ports.discover();
    if (!metadata.ok) throw metadata.failure;
    const { [endpoint.url]: url, [endpoint.methods]: methods } = metadata.value;
    if (url === undefined) {
      throw new ConfigurationError("metadata", `The server's metadata has no ${endpoint.url}`, {
        reference: "RFC 8414 section 2",
      });
    }
    const body = await ports.callEndpoint({
      target: endpoint.target,
      url,
      supportedMethods: methods ?? metadata.value.tokenEndpointAuthMethodsSupported,
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
