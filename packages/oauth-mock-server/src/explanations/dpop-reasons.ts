import type { RefusalReason } from "@credicorp/oauth-core/authorization-server";

import { describeAge, describeLead } from "./clock-difference.ts";
import type { Facts, Reason } from "./facts.ts";
import { formatList } from "./wording.ts";

const rfc = "RFC 9449 section 4.3";

/** Why a token could not be bound to a key. */
export const dpopReasons: Readonly<
  Record<Extract<RefusalReason, `dpop_${string}`> | "token_unbound", Reason>
> = {
  dpop_malformed: () => ({
    cause: "The DPoP field is no signed JWT of three segments in base64url",
    remedy: "Send the proof that your JOSE library made, unchanged",
    rfc,
  }),
  dpop_type: () => ({
    cause: "The typ of the proof is not dpop+jwt",
    remedy: "Set typ to dpop+jwt",
    rfc: "RFC 9449 section 4.2",
  }),
  dpop_algorithm: ({ proof, policy }) => ({
    cause: `The proof is signed with ${proof?.algorithm ?? "an algorithm"} which is not accepted`,
    remedy: `Sign with one of ${formatList(policy.dpop?.algorithms ?? [])}`,
    rfc: "RFC 9449 section 5.1",
  }),
  dpop_key: () => ({
    cause:
      "The jwk in the header of the proof is no public key that can serve: private, weak or incomplete",
    remedy: "Put the public half of the key there, and nothing else",
    rfc: "RFC 9449 section 4.2",
  }),
  dpop_claims: () => ({
    cause: "The proof lacks jti, htm, htu or iat, or one of them has the wrong type",
    remedy: "Set all four; iat in whole seconds, not in milliseconds",
    rfc: "RFC 9449 section 4.2",
  }),
  dpop_method: () => ({
    cause: "The htm of the proof is another than the method of the request",
    remedy: "Make a proof for each request: its htm is POST here",
    rfc,
  }),
  dpop_url: ({ policy }) => ({
    cause: "The htu of the proof is not the URL of this endpoint as the metadata has it",
    remedy: `Set htu to ${new URL(policy.issuer).origin + policy.paths.token}, whatever a proxy made of it`,
    rfc,
  }),
  dpop_time: (facts) => ({
    cause: `The proof is not of now: ${describeTime(facts)}`,
    remedy: "Make a proof for each request, and set the clock by NTP",
    rfc: "RFC 9449 section 11.1",
  }),
  dpop_signature: () => ({
    cause: "The signature of the proof is not that of the key in its header",
    remedy: "Sign with the private half of that very key",
    rfc,
  }),
  dpop_disabled: () => ({
    cause: "The client needs tokens that are bound to a key, and this server binds none",
    remedy: "Leave dpop: null out of the configuration",
    rfc: "RFC 9449 section 5",
  }),
  dpop_missing: () => ({
    cause:
      "The client gets tokens that are bound to a key and no others, and the request has no DPoP field",
    remedy: "Send a proof in the DPoP field",
    rfc: "RFC 9449 section 5",
  }),
  dpop_repeated: () => ({
    cause: "There is more than one DPoP field",
    remedy: "Send one: a retry must replace the proof, not add one",
    rfc,
  }),
  dpop_replayed: () => ({
    cause: "The proof was used before: its jti is known",
    remedy: "Make a new proof, with a new jti, for every request and every retry",
    rfc: "RFC 9449 section 11.1",
  }),
  dpop_nonce_missing: () => ({
    cause: "The client must repeat the server's nonce in its proofs, and this one has none",
    remedy: "Take the DPoP-Nonce field of this answer, put it into the nonce claim, and send again",
    rfc: "RFC 9449 section 8",
  }),
  dpop_nonce_unknown: () => ({
    cause: "The nonce in the proof is none of this server's, or an old one",
    remedy: "Take the DPoP-Nonce field of the last answer, whatever its status was",
    rfc: "RFC 9449 section 8",
  }),
  dpop_beside_certificate: () => ({
    cause:
      "The tokens of this client are bound to its certificate, and the request has a DPoP proof too",
    remedy: "Leave the DPoP field out",
    rfc: "RFC 8705 section 3",
  }),
  token_unbound: () => ({
    cause: "This profile issues no bearer tokens, and the request shows no key to bind one to",
    remedy: "Send a DPoP proof, or connect with a certificate",
    rfc: "FAPI 2.0 Security Profile section 5.3.2.1",
  }),
};

function describeTime({ proof, now }: Facts): string {
  const isAhead = (proof?.issuedAt ?? now) > now || (proof?.notBefore ?? now) > now;
  return isAhead ? describeLead(proof, now) : describeAge(proof, now);
}
