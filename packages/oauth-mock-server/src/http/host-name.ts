import { isIP } from "node:net";

import { ConfigurationError } from "@credicorp/oauth-core";

const hostField = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_])?)(?::\d{1,5})?$/;

/**
 * Returns the name or address in a `Host` field, in lower case and without its port; `undefined` when it is none.
 *
 * Stricter than a URL parser, which mends what a proxy may have read differently.
 */
export function hostNameOf(field: string): string | undefined {
  return hostField.exec(field.toLowerCase())?.[1];
}

/** Tells an address from a name: no name server can lead a browser to what was addressed by number. */
export function isAddress(hostName: string): boolean {
  return isIP(hostName.replace(/^\[|\]$/g, "")) !== 0;
}

/** Checks `allowedHosts`: names or addresses, without scheme and port. @throws {@link ConfigurationError} */
export function checkAllowedHosts(hosts: readonly string[]): void {
  for (const [index, host] of hosts.entries()) {
    if (hostNameOf(host) === host.toLowerCase()) continue;
    const option = `allowedHosts[${index}]`;
    throw new ConfigurationError(
      option,
      `${option} must be a host name or an address, without scheme and port, such as sandbox.test or [fd00::1]`,
    );
  }
}
