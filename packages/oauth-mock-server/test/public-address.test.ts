import { describe, expect, it } from "vitest";

import { isPublicAddress } from "../src/client-keys/public-address.ts";

describe("public addresses", () => {
  it.each([
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2600::1",
    "2a00:1450:4001:82a::200e",
    "3ffe::1",
  ])("are such as %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.255"],
    ["loopback", "::1"],
    ["private", "10.0.0.0"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.1.1"],
    ["unique-local", "fc00::1"],
    ["unique-local", "fdff:ffff::1"],
  ])("ATK-14 are none of %s: %s, unless that is allowed", (_name, address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(isPublicAddress(address, { allowPrivateAddresses: true })).toBe(true);
  });

  it.each([
    ["this network", "0.0.0.0"],
    ["CGNAT", "100.64.0.1"],
    ["CGNAT", "100.127.255.255"],
    ["link-local", "169.254.169.254"],
    ["link-local", "fe80::1"],
    ["link-local", "febf::1"],
    ["link-local with a zone", "fe80::1%eth0"],
    ["with a zone", "2600::1%eth0"],
    ["site-local", "fec0::1"],
    ["multicast", "224.0.0.1"],
    ["multicast", "239.255.255.255"],
    ["multicast", "ff02::1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["for protocols", "192.0.0.170"],
    ["for documentation", "192.0.2.1"],
    ["for documentation", "198.51.100.1"],
    ["for documentation", "203.0.113.1"],
    ["for documentation", "2001:db8::1"],
    ["for documentation", "3fff:0fff::1"],
    ["for benchmarks", "198.19.255.255"],
    ["unspecified", "::"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped", "::ffff:1.1.1.1"],
    ["IPv4-mapped, in hexadecimal", "::ffff:a00:1"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["NAT64", "64:ff9b:1::1"],
    ["6to4", "2002:7f00:1::1"],
    ["Teredo", "2001:0:7f00:1::1"],
    ["discard-only", "100::1"],
    ["no address", "localhost"],
    ["no address", "2130706433"],
    ["no address", "127.1"],
    ["no address", ""],
  ])("ATK-14 are never %s: %s", (_name, address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(isPublicAddress(address, { allowPrivateAddresses: true })).toBe(false);
  });
});
