import { createHash } from "node:crypto";

const sha256 = "3031300d060960864801650304020105000420";

/** The block that RFC 8017 section 9.2 asks for. */
export function goodBlock(input: string, modulus: Buffer): Buffer {
  const tail = `00${sha256}${createHash("sha256").update(input).digest("hex")}`;
  return Buffer.from(`0001${"ff".repeat(modulus.length - 2 - tail.length / 2)}${tail}`, "hex");
}

/**
 * Blocks that only a lenient reader of PKCS #1 v1.5 takes for the padding of a hash.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8017#section-9.2 | RFC 8017 section 9.2}
 */
export function paddingForgeries(
  input: string,
  modulus: Buffer,
): readonly (readonly [comment: string, block: Buffer])[] {
  const hash = createHash("sha256").update(input).digest("hex");
  const size = modulus.length;
  const block = (
    tail: string,
    { type = "01", filler = "ff", start = "00", end = "00" } = {},
  ): Buffer => {
    const rest = size - 3 - tail.length / 2;
    return Buffer.from(`${start}${type}${filler.repeat(rest)}${end}${tail}`, "hex");
  };
  const garbage = (front: string, back: number): Buffer => {
    const head = `0001${"ff".repeat(8)}00${front}`;
    return Buffer.from(
      head + "aa".repeat(back) + "00".repeat(size - head.length / 2 - back),
      "hex",
    );
  };
  const good = sha256 + hash;
  const sha1 = `3021300906052b0e03021a05000414${createHash("sha1").update(input).digest("hex")}`;
  const sha384 = `3041300d060960864801650304020205000430${createHash("sha384").update(input).digest("hex")}`;
  const md5 = `3020300c06082a864886f70d020505000410${createHash("md5").update(input).digest("hex")}`;
  const inside = block(good);
  inside[40] = 0xfe;
  return [
    ["the block type of encryption", block(good, { type: "02" })],
    ["the block type of zero", block(good, { type: "00" })],
    ["zeros for padding", block(good, { filler: "00" })],
    ["random padding", block(good, { filler: "a7" })],
    ["another byte within the padding", inside],
    ["no byte of zero behind the padding", block(good, { end: "ff" })],
    ["a first byte that is not zero", block(good, { start: "01", type: "01", filler: "ff" })],
    ["short padding, and bytes behind the hash", garbage(good, 60)],
    ["short padding, and zeros behind the hash", garbage(good, 0)],
    ["the hash alone", block(hash)],
    ["parameters left out", block(`302f300b06096086480165030402010420${hash}`)],
    ["parameters that are no NULL", block(`3031300d060960864801650304020104000420${hash}`)],
    [
      "bytes within the parameters",
      block(`3039301506096086480165030402010508aaaaaaaaaaaaaaaa0420${hash}`),
    ],
    ["a length in the long form", block(`308131300d060960864801650304020105000420${hash}`)],
    ["a length without end", block(`3080300d060960864801650304020105000420${hash}0000`)],
    [
      "the object identifier of SHA-1 over this hash",
      block(`302d300906052b0e03021a05000420${hash}`),
    ],
    ["SHA-1", block(sha1)],
    ["MD5", block(md5)],
    ["SHA-384", block(sha384)],
    ["a byte behind the hash", block(`${good}00`)],
    ["another hash", block(sha256 + createHash("sha256").update(`${input}x`).digest("hex"))],
    ["half a hash", block(`3021300d060960864801650304020105000410${hash.slice(0, 32)}`)],
  ];
}
