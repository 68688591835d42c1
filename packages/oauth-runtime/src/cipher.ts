/** Encryption that notices when a text was changed, or belongs elsewhere. */
export interface Cipher {
  /** Encrypts for one context, such as the key that the result is stored under. */
  readonly encrypt: (plain: Uint8Array, context: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;

  /** Resolves to `undefined` when the key or the context is another, or a bit was changed. */
  readonly decrypt: (
    sealed: Uint8Array,
    context: Uint8Array,
  ) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

// NIST SP 800-38D: 96 bits, random; one key is good for 2^32 texts.
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Derives an AES-256-GCM key from a secret of at least 128 random bits, with HKDF-SHA-256, for one purpose. It is no
 * substitute for a password hash.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc5869 | RFC 5869}
 */
export async function deriveCipher(secret: Uint8Array, purpose: string): Promise<Cipher> {
  const { subtle } = crypto;
  const material = await subtle.importKey("raw", new Uint8Array(secret), "HKDF", false, [
    "deriveKey",
  ]);
  const key = await subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: new TextEncoder().encode(purpose),
    },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  return {
    encrypt: async (plain, context) => {
      const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
      const body = await subtle.encrypt(parameters(nonce, context), key, new Uint8Array(plain));
      const sealed = new Uint8Array(nonceBytes + body.byteLength);
      sealed.set(nonce);
      sealed.set(new Uint8Array(body), nonceBytes);
      return sealed;
    },
    decrypt: async (sealed, context) => {
      if (sealed.length < nonceBytes + tagBytes) return undefined;
      const bytes = new Uint8Array(sealed);
      const nonce = bytes.slice(0, nonceBytes);
      try {
        const plain = await subtle.decrypt(
          parameters(nonce, context),
          key,
          bytes.slice(nonceBytes),
        );
        return new Uint8Array(plain);
      } catch {
        // WebCrypto says no more than that it failed, and there is nothing else to say.
        return undefined;
      }
    },
  };
}

function parameters(
  iv: Uint8Array<ArrayBuffer>,
  context: Uint8Array,
): {
  readonly name: "AES-GCM";
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly additionalData: Uint8Array<ArrayBuffer>;
  readonly tagLength: number;
} {
  const additionalData = new Uint8Array(context);
  return { name: "AES-GCM", iv, additionalData, tagLength: tagBytes * 8 };
}
