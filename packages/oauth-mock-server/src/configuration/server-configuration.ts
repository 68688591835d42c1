/**
 * From what a sandbox is told to what its authorization server is.
 *
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";
import type {
  AuthorizationServerConfiguration,
  MutualTlsOptions,
} from "@credicorp/oauth-core/authorization-server";

import { checkClientCertificateHeader } from "../http/client-certificate-header.ts";
import type { SandboxClientConfiguration, SandboxConfiguration } from "./configuration.ts";
import { defaultClients } from "./default-clients.ts";
import { checkAllowedHosts } from "../http/host-name.ts";
import { pathsBeneath, sandboxPaths } from "../http/sandbox-paths.ts";
import { checkTls } from "../http/tls.ts";
import { checkTrustedProxies } from "../http/trusted-proxies.ts";

/** Returns the clients of a sandbox: of those that it comes with, the ones that its profile allows. */
export function configuredClients({
  clients,
  profile,
}: SandboxConfiguration): readonly SandboxClientConfiguration[] {
  if (clients !== undefined) return clients;
  if (profile === undefined) return defaultClients;
  return defaultClients.filter((client) => client.tokenEndpointAuthMethod === "private_key_jwt");
}

/** Where an authorization server is found. */
export interface Placement {
  readonly issuer: string;

  /** What the paths of its endpoints begin with; empty at the root. */
  readonly pathPrefix: string;
}

/** Returns the configuration of the authorization server of a sandbox that is found there. */
export function serverConfiguration(
  configuration: SandboxConfiguration,
  { issuer, pathPrefix }: Placement,
): AuthorizationServerConfiguration {
  const {
    clients: _clients,
    resources,
    dpop = {},
    additionalAlgorithms: _algorithms,
    signingKeys: _keys,
    trustedProxies: _proxies,
    tls: _tls,
    clientCertificateHeader: _header,
    mtlsEndpointOrigin: _origin,
    faults: _faults,
    allowNetwork: _network,
    allowedHosts: _hosts,
    seed,
    ...shared
  } = configuration;
  const clients = configuredClients(configuration);
  const scopes = [...new Set(clients.flatMap((client) => client.scope ?? []))];
  const origin = URL.canParse(issuer) ? new URL(issuer).origin : issuer;
  const paths = pathsBeneath(pathPrefix);
  return {
    ...shared,
    issuer,
    paths,
    dpop: dpop ?? undefined,
    mutualTls: mutualTlsOptions(configuration),
    resources: resources ?? [{ identifier: `${origin}/partner/v1`, scopes }],
    accessTokenClaims: { env: "sandbox", ...(seed !== undefined && { test_keys: true }) },
    errorPagesUrl: origin + sandboxPaths(paths.token).errorPages,
  };
}

/** Checks how the sandbox is reached. @throws {@link ConfigurationError} that names the first option that is wrong. */
export function checkConnections(configuration: SandboxConfiguration): void {
  const { tls, clientCertificateHeader, mtlsEndpointOrigin, trustedProxies = [] } = configuration;
  checkTrustedProxies(trustedProxies);
  checkAllowedHosts(configuration.allowedHosts ?? []);
  if (tls !== undefined) checkTls(tls);
  if (clientCertificateHeader !== undefined) {
    checkClientCertificateHeader(clientCertificateHeader, trustedProxies);
  }
  if (mtlsEndpointOrigin !== undefined && mutualTlsOptions(configuration) === undefined) {
    throw new ConfigurationError(
      "mtlsEndpointOrigin",
      "mtlsEndpointOrigin needs tls or clientCertificateHeader: without them there are no certificates",
    );
  }
}

/** Certificates are spoken of only where some can arrive. */
function mutualTlsOptions(configuration: SandboxConfiguration): MutualTlsOptions | undefined {
  const { tls, clientCertificateHeader: header, mtlsEndpointOrigin } = configuration;
  if (tls === undefined && header === undefined) return undefined;
  return {
    verifiesChains:
      Boolean(tls?.clientCertificateAuthorities?.length) || header?.isChainVerified === true,
    endpointOrigin: mtlsEndpointOrigin,
  };
}
