/**
 * Returns the part of an IP address that one party holds: an IPv4 address, or the /64 of an IPv6 address, within which
 * anybody may pick a new address for each request.
 *
 * A port does not count, which some proxies report with the address, and another one for each connection. Text that is no
 * address is returned as it is.
 */
export function addressBlock(address: string): string {
  // As sockets write it, first.
  const dotted = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [plain = ""] = withoutPort(address).split("%", 1);
  if (!plain.includes(":")) return plain;
  const groups = groupsOf(plain);
  return mappedAddress(groups) ?? `${groups.slice(0, 4).join(":")}::/64`;
}

function withoutPort(address: string): string {
  if (address.startsWith("[")) return /^\[([^\]]*)\](?::\d*)?$/.exec(address)?.[1] ?? address;
  return /^([^:]*):\d*$/.exec(address)?.[1] ?? address;
}

/** All eight, in their shortest form; an IPv4 address at the end is one item, and fills two. */
function groupsOf(address: string): readonly string[] {
  const [head = [], tail = []] = address
    .split("::", 2)
    .map((half) => half.split(":").filter(Boolean));
  const hasGap = address.includes("::");
  const tailGroups = tail.length + (tail.at(-1)?.includes(".") ? 1 : 0);
  const zeros = hasGap ? Math.max(0, 8 - head.length - tailGroups) : 0;
  return [...head, ...Array.from({ length: zeros }, () => "0"), ...tail].map((group) =>
    group.toLowerCase().replace(/^0+(?=.)/, ""),
  );
}

/** Returns the IPv4 address that an IPv6 address stands for, however it is written; `undefined` where it does not. */
function mappedAddress(groups: readonly string[]): string | undefined {
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return undefined;
  const [high = "", low] = groups.slice(6);
  if (low === undefined) return high;
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join(".");
}
