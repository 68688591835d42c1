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
  // What was found last is added again, as a rule: it need not be hashed and looked for.
  let lastText = "";
  let last: JwsHeader | undefined;
  return {
    find: (encodedHeader) => {
      lastText = encodedHeader;
      last = headers.get(encodedHeader);
      return last;
    },
    add: (encodedHeader, header) => {
      if (header === last && encodedHeader === lastText) return;
      if (encodedHeader.length > maxHeaderLength || headers.has(encodedHeader)) return;
      if (headers.size >= maxHeaders) headers.clear();
      headers.set(encodedHeader, header);
    },
  };
}
