import { formatJwkSet } from "../../protocol/jwk-set.ts";
import type { PublicDocument } from "./public-document.ts";

/** The public keys: announced, signing and retained ones. */
export const jwksDocument: PublicDocument = {
  mediaType: "application/jwk-set+json",
  write: async ({ keyRing }) => formatJwkSet(await keyRing.published()),
};
