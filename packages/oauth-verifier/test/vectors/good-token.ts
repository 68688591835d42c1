import { claims, header } from "./base-token.ts";
import type { VectorSigner } from "./vector-signer.ts";

/** A good token and its segments. */
export function goodToken(signer: VectorSigner) {
  const alg = String(signer.jwk["alg"]);
  const good = signer.jws(header(alg), claims);
  const [first = "", second = "", last = ""] = good.split(".");
  return { alg, good, first, second, last };
}
