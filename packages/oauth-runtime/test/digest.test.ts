import { describe, expect, it } from "vitest";

import { bytes, digest as nodeDigest } from "@credicorp/oauth-runtime";
import { digest as portableDigest } from "@credicorp/oauth-runtime/portable";

describe.each([
  { name: "node", digest: nodeDigest },
  { name: "portable", digest: portableDigest },
])("digest ($name)", ({ digest }) => {
  it("gives the SHA-256 of FIPS 180-4's example", async () => {
    const result = await digest.sha256(bytes.encodeUtf8("abc"));

    expect(Buffer.from(result).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("hashes a view of a larger buffer, not the buffer", async () => {
    const view = bytes.encodeUtf8("xabcx").subarray(1, 4);

    expect(await digest.sha256(view)).toEqual(await digest.sha256(bytes.encodeUtf8("abc")));
  });

  it.each([
    { left: [1, 2, 3], right: [1, 2, 3], equal: true },
    { left: [1, 2, 3], right: [1, 2, 4], equal: false },
    { left: [0, 2, 3], right: [1, 2, 3], equal: false },
    { left: [1, 2, 3], right: [1, 2], equal: false },
    { left: [], right: [], equal: true },
  ])("compares $left with $right", ({ left, right, equal }) => {
    expect(digest.isEqual(Uint8Array.from(left), Uint8Array.from(right))).toBe(equal);
  });
});
