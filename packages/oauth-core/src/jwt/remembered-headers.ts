import type { JwsHeader } from "./compact-jws.ts";

/** Headers by their encoded form: an issuer writes the same few over and over. */
export interface RememberedHeaders {
  readonly find: (encodedHeader: string) => JwsHeader | undefined;

  /** To be called for tokens with a good signature alone, so that nobody else decides what is remembered. */
  readonly add: (encodedHeader: string, header: JwsHeader) => void;
}

const maxHeaders = 32;
const maxHeaderLength = 1024;

/** Makes an empty memory, of 32 headers at most; an issuer that writes more starts it anew each time it is full. */
export function createRememberedHeaders(): RememberedHeaders {
  const headers = new Map<string, JwsHeader>();
  return {
    find: (encodedHeader) => headers.get(encodedHeader),
    add: (encodedHeader, header) => {
      if (encodedHeader.length > maxHeaderLength || headers.has(encodedHeader)) return;
      if (headers.size >= maxHeaders) headers.clear();
      headers.set(encodedHeader, header);
    },
  };
}
