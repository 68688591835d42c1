import { BlockList, isIP } from "node:net";
import { TLSSocket } from "node:tls";

import type { HeaderList, Peer } from "@credicorp/oauth-core";
import type { FastifyRequest } from "fastify";

import type { ClientCertificateHeader } from "./client-certificate-header.ts";
import { readClientCertificateHeader } from "./client-certificate-header.ts";

/** Whom to believe about certificates. */
export interface PeerOptions {
  readonly trustedProxies: readonly string[];
  readonly clientCertificateHeader?: ClientCertificateHeader | undefined;

  /** Whether the TLS layer was given authorities to verify chains with. */
  readonly verifiesChains: boolean;
}

/**
 * Makes the function that says who sent a request.
 *
 * A certificate is the client's when the connection is. Over a connection of a proxy it is what the proxy reports: a
 * certificate of that connection is the proxy's own, and is never taken for the client's.
 */
export function createPeerReader(
  options: PeerOptions,
): (request: FastifyRequest, headers: HeaderList) => Peer {
  const { trustedProxies, clientCertificateHeader, verifiesChains } = options;
  const isProxy = createAddressCheck(trustedProxies);
  return (request, headers) => {
    const { socket } = request.raw;
    const { remoteAddress = "" } = socket;
    // What a proxy forwards is any text, and an address is shown to others.
    const address = isIP(request.ip) === 0 ? remoteAddress : request.ip;
    const peer: Peer = { address, secure: request.protocol === "https" };
    if (isProxy(remoteAddress)) {
      if (clientCertificateHeader === undefined) return peer;
      const certificate = readClientCertificateHeader(headers, clientCertificateHeader);
      const isCertificateChainVerified = clientCertificateHeader.isChainVerified === true;
      return certificate === undefined
        ? peer
        : { ...peer, certificate, isCertificateChainVerified };
    }
    if (!(socket instanceof TLSSocket)) return peer;
    const certificate = socket.getPeerX509Certificate()?.raw;
    if (certificate === undefined) return peer;
    return {
      ...peer,
      certificate,
      isCertificateChainVerified: verifiesChains && socket.authorized,
    };
  };
}

function createAddressCheck(networks: readonly string[]): (address: string) => boolean {
  // Most have none, and to look in a list that is empty takes longer than all the rest of this file.
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
