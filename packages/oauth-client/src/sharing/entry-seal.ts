import type { Bytes, MaybePromise } from "@credicorp/oauth-core";
import type { Cipher } from "@credicorp/oauth-runtime";
import { deriveCipher } from "@credicorp/oauth-runtime";

const purpose = "credicorp-oauth shared token v1";

/** Turns texts into ones that a store may see, and back. */
export interface EntrySeal {
  readonly seal: (text: string, key: string) => Promise<string>;

  /** Resolves to `undefined` when the text was sealed with another secret, for another key, or was changed. */
  readonly open: (sealed: string, key: string) => Promise<string | undefined>;
}

/**
 * Makes a seal whose key is derived from a secret. The secret is asked for each time, so that a rotated one is taken up.
 *
 * An entry is bound to the key that it is stored under: one that was copied elsewhere does not open.
 */
export function createEntrySeal(getSecret: () => MaybePromise<string>, bytes: Bytes): EntrySeal {
  let known: { readonly secret: string; readonly cipher: Cipher } | undefined;

  async function getCipher(): Promise<Cipher> {
    const secret = await getSecret();
    if (known?.secret === secret) return known.cipher;
    // The cipher and not its promise, which some runtimes forbid other requests to await.
    const cipher = await deriveCipher(bytes.encodeUtf8(secret), purpose);
    known = { secret, cipher };
    return cipher;
  }

  return {
    seal: async (text, key) => {
      const cipher = await getCipher();
      const sealed = await cipher.encrypt(bytes.encodeUtf8(text), bytes.encodeUtf8(key));
      return bytes.encodeBase64url(sealed);
    },
    open: async (sealed, key) => {
      const data = typeof sealed === "string" ? bytes.decodeBase64url(sealed) : undefined;
      if (data === undefined) return undefined;
      const cipher = await getCipher();
      const plain = await cipher.decrypt(data, bytes.encodeUtf8(key));
      return plain && bytes.decodeUtf8(plain);
    },
  };
}
