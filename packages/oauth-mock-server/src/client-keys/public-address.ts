/**
 * Which addresses a server may be sent to by the configuration of a client.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6890 | RFC 6890}: the registries of special-purpose addresses
 * @module
 */

import { BlockList, isIP } from "node:net";

/** IPv4 networks that are not globally reachable, but those of {@link inner}. */
const special = blockList([
  ["0.0.0.0", 8], // this network
  ["100.64.0.0", 10], // between a carrier and its customers (CGNAT)
  ["169.254.0.0", 16], // link-local, where clouds keep their metadata
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // 6to4 relays
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
]);

/** This machine and its own networks. */
const inner = blockList([
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
]);

/** Unique-local addresses and loopback of IPv6. */
const innerIpv6 = blockList([
  ["fc00::", 7],
  ["::1", 128],
]);

/** All global unicast of IPv6: what is outside is local, multicast, or an IPv4 address in disguise. */
const globalUnicast = blockList([["2000::", 3]]);

const specialIpv6 = blockList([
  ["2001::", 23], // protocol assignments, Teredo among them
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4: an IPv4 address in disguise
  ["3fff::", 20], // documentation
]);

/**
 * Tells whether an address is public.
 *
 * With `allowPrivateAddresses`, loopback and the private networks count too; link-local addresses, multicast and the
 * rest never do. Text that is no address, or has a zone, is not public.
 */
export function isPublicAddress(
  address: string,
  { allowPrivateAddresses = false }: { readonly allowPrivateAddresses?: boolean | undefined } = {},
): boolean {
  if (address.includes("%")) return false;
  switch (isIP(address)) {
    case 4:
      return inner.check(address) ? allowPrivateAddresses : !special.check(address);
    case 6:
      if (innerIpv6.check(address, "ipv6")) return allowPrivateAddresses;
      return globalUnicast.check(address, "ipv6") && !specialIpv6.check(address, "ipv6");
    default:
      return false;
  }
}

function blockList(networks: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) {
    list.addSubnet(network, prefix, isIP(network) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}
