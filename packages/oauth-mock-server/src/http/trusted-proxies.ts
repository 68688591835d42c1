import { isIP } from "node:net";

import { ConfigurationError } from "@credicorp/oauth-core";

/** Checks `trustedProxies`: addresses, or networks such as `10.0.0.0/8`. @throws {@link ConfigurationError} */
export function checkTrustedProxies(proxies: readonly string[]): void {
  for (const [index, proxy] of proxies.entries()) {
    const [address = "", prefix, ...rest] = proxy.split("/");
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const isNetwork = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
    if (bits === -1 || !isNetwork || rest.length > 0) {
      const option = `trustedProxies[${index}]`;
      throw new ConfigurationError(option, `${option} must be an IP address or a network (CIDR)`);
    }
  }
}
