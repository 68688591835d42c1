import { deriveCipher } from "@credicorp/oauth-runtime";
import fc from "fast-check";
import { expect, it } from "vitest";

const encoder = new TextEncoder();
const secret = encoder.encode("a secret of 256 bits, or so we say");
const context = encoder.encode("key");
const plain = encoder.encode("text");

it("opens what was sealed with the same secret, for the same purpose and context", async () => {
  const writer = await deriveCipher(secret, "test");
  const reader = await deriveCipher(secret, "test");

  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), async (data, about) => {
      const sealed = await writer.encrypt(data, about);
      expect(await reader.decrypt(sealed, about)).toEqual(new Uint8Array(data));
    }),
  );
});

it("never seals the same text alike", async () => {
  const { encrypt } = await deriveCipher(secret, "test");

  expect(await encrypt(plain, context)).not.toEqual(await encrypt(plain, context));
});

it("opens nothing that was changed in any byte, cut, or belongs elsewhere", async () => {
  const { encrypt, decrypt } = await deriveCipher(secret, "test");
  const sealed = await encrypt(plain, context);
  const others = await Promise.all([
    deriveCipher(secret, "another purpose"),
    deriveCipher(encoder.encode("another secret"), "test"),
  ]);

  for (let index = 0; index < sealed.length; index += 1) {
    const changed = sealed.map((byte, at) => (at === index ? byte ^ 1 : byte));
    expect(await decrypt(changed, context)).toBeUndefined();
    expect(await decrypt(sealed.slice(0, index), context)).toBeUndefined();
  }
  expect(await decrypt(sealed, encoder.encode("another key"))).toBeUndefined();
  for (const other of others) expect(await other.decrypt(sealed, context)).toBeUndefined();
});
