import type { ClientAssertionAlgorithm } from "../../jwt/client-assertion.ts";
import type { PublicJwk } from "../../protocol/jwk-set.ts";

/**
 * Keys that nobody can sign with: their private halves were thrown away.
 *
 * An assertion for which there is no key is checked against one of them, so that the time of the answer does not tell
 * which clients and which keys exist.
 */
export const decoyKeys: Readonly<Record<ClientAssertionAlgorithm, PublicJwk>> = {
  PS256: {
    kty: "RSA",
    alg: "PS256",
    n: "wo7VYwVqkgobgcu5vpByeET5PA3EI5CkTgAsHOSNf44fBxHKht7N6jFdeEIqBWNAkCjrlHBpPyRGpEPLIJiFjMR4LrlvdREqwJsfCp0tyVrZFrIz2vYPn9jyWIWCH3SmDFdjJ2SMS0lnrv58N7GXgSYhUWOmgQnCmk4pG2ibKQ7PGNo5tcu7vt6ebqdW6pj4iBoXZSDAU2tjbku3qYt93g6LLHVU14ssYAVWPI4cf1oEJwQsV7obNh6XmhrqHpKbiMXWpiC5RUz2Txl-wccw7nEGeW26P1VS3zVVHq0SbCEa_4GniZ-hVLG0kyw6Z4AXt0lFnpi0g0m-ht_n4kMr_Q",
    e: "AQAB",
  },
  ES256: {
    kty: "EC",
    alg: "ES256",
    crv: "P-256",
    x: "BrSFTALzPHc-wH3jl-L9MPa9DR1hd13pQvsLRHhFQxY",
    y: "2_h7Pblj4cyTivL3n5KtJYTlOTTnh8aqMLO9uD-hJq8",
  },
  Ed25519: {
    kty: "OKP",
    alg: "Ed25519",
    crv: "Ed25519",
    x: "i2ieexAbmwy95m4IH_N9QldfBYIhmlju8CIU-j-s3zU",
  },
};
