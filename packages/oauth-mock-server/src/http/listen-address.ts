import { isIP } from "node:net";

import { isLoopbackHost } from "@credicorp/oauth-core/protocol";

/** Tells a host name or address that nobody else can reach. */
export function isLoopback(host: string): boolean {
  return isLoopbackHost(isIP(host) === 6 ? `[${host}]` : host);
}

/** Returns the origin at which a server that listens is found. */
export function originOf(host: string, port: number, scheme: "http" | "https"): string {
  if (host === "0.0.0.0" || host === "::") return `${scheme}://localhost:${port}`;
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
