/**
 * Returns the part of an IP address that one party holds: an IPv4 address, or the /64 of an IPv6 address, within which
 * anybody may pick a new address for each request.
 *
 * Text that is no address is returned as it is.
 */
export function addressBlock(address: string): string {
  const [plain = ""] = address.split("%", 1);
  if (!plain.includes(":")) return plain;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;

  const gap = plain.indexOf("::");
  const head = (gap === -1 ? plain : plain.slice(0, gap)).split(":").filter(Boolean);
  const tail =
    gap === -1
      ? []
      : plain
          .slice(gap + 2)
          .split(":")
          .filter(Boolean);
  // An IPv4 address at the end fills two groups.
  const tailGroups = tail.length + (tail.at(-1)?.includes(".") ? 1 : 0);
  const zeros = Math.max(0, 8 - head.length - tailGroups);
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail];
  const block = groups.slice(0, 4).map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""));
  return `${block.join(":")}::/64`;
}
