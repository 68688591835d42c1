import { createHmac, createPublicKey } from "node:crypto";

import { claims, header } from "./base-token.ts";
import type { Case } from "./vector-file.ts";
import type { VectorSigner } from "./vector-signer.ts";
import { encode } from "./vector-signer.ts";

/** Tokens that ask to be verified with another algorithm than the key is for. */
export function otherAlgorithms(signer: VectorSigner): readonly Case[] {
  const alg = String(signer.jwk["alg"]);
  const own = signer.publicJwk;
  const key = createPublicKey({ key: own as never, format: "jwk" });
  const pem = key.export({ format: "pem", type: "spki" }).toString();
  const none = ["none", "None", "NONE", "nOnE", "none ", ""].flatMap((name): Case[] => {
    const input = `${encode(header(name))}.${encode(claims)}`;
    return [
      [`alg ${JSON.stringify(name)} without a signature`, `${input}.`, "ATK-01"],
      [
        `alg ${JSON.stringify(name)} with a signature`,
        signer.jws(header(name), claims, alg),
        "ATK-01",
      ],
    ];
  });
  const secrets: readonly (readonly [name: string, secret: string | Buffer, flags: string])[] = [
    ["the public key as PEM", pem, "ATK-02"],
    ["the public key as PEM without its last line break", pem.trim(), "ATK-02"],
    ["the public key as PEM behind white space", ` \n${pem}`, "ATK-02"],
    ["the public key as PEM behind a comment", `# key\n${pem}`, "ATK-02"],
    ["the public key as DER", key.export({ format: "der", type: "spki" }), "ATK-02"],
    ["the public key as JWK", JSON.stringify(own), "ATK-02"],
    ["the modulus or x", Buffer.from(String(own["n"] ?? own["x"]), "base64url"), "ATK-02"],
    ["the modulus or x as text", String(own["n"] ?? own["x"]), "ATK-02"],
    ["the kid", "test-key", "ATK-02"],
    ["nothing", "", "ATK-04"],
    ["a byte of zero", Buffer.of(0), "ATK-04"],
  ];
  const macs = secrets.flatMap(([name, secret, flags]) =>
    ["HS256", "HS512"].map((hs): Case => {
      const input = `${encode(header(hs))}.${encode(claims)}`;
      const mac = createHmac(`sha${hs.slice(2)}`, secret)
        .update(input)
        .digest();
      return [`${hs} with ${name} for a secret`, `${input}.${encode(mac)}`, flags];
    }),
  );
  const family = alg.startsWith("Ed") ? [] : [`${alg.slice(0, 2)}384`, `${alg.slice(0, 2)}512`];
  const others = [
    ...family,
    ...(alg.startsWith("RS") ? ["PS256"] : []),
    ...(alg.startsWith("PS") ? ["RS256"] : []),
  ];
  const names = [
    "RS256",
    "PS256",
    "ES256",
    "ES256K",
    "Ed448",
    "RS1",
    alg.toLowerCase(),
    ` ${alg}`,
    `${alg}\0`,
    "toString",
  ];
  return [
    ...none,
    ...macs,
    ...others
      .filter((name) => name !== alg)
      .map((name): Case => [
        `${name}, signed so with the key for ${alg}`,
        signer.jws(header(name), claims, name),
        "ATK-05",
      ]),
    ...names
      .filter((name) => name !== alg)
      .map((name): Case => [
        `a header that says ${JSON.stringify(name)}`,
        signer.jws(header(name), claims, alg),
        "ATK-05 ATK-03",
      ]),
    ["a header without alg", signer.jws({ typ: "at+jwt", kid: "test-key" }, claims, alg), "ATK-03"],
    ["an alg that is a list", signer.jws({ ...header(alg), alg: [alg] }, claims, alg), "ATK-03"],
    ["an alg that is null", signer.jws({ ...header(alg), alg: null }, claims, alg), "ATK-03"],
    [
      "an alg that is an object",
      signer.jws({ ...header(alg), alg: { toString: alg } }, claims, alg),
      "ATK-03",
    ],
  ];
}

/** Tokens that ask to be verified with another key than the issuer's. */
export function foreignKeys(signer: VectorSigner, attacker: VectorSigner): readonly Case[] {
  const alg = String(signer.jwk["alg"]);
  const links = {
    jku: "https://evil.example/jwks",
    x5u: "https://evil.example/x5u",
    x5c: ["AA=="],
  };
  const kids = [
    "../../dev/null",
    "' OR '1'='1",
    "test-key' UNION SELECT 'x",
    "__proto__",
    "constructor",
    "toString",
    "",
    " test-key",
    "Test-Key",
    "tеst-key",
    "test-key\0",
    "https://evil.example/key",
    "k".repeat(8000),
  ];
  return [
    [
      "another key in the header",
      attacker.jws({ ...header(alg), jwk: attacker.publicJwk }, claims),
      "ATK-11",
    ],
    [
      "another key in the header, and no kid",
      attacker.jws({ alg, typ: "at+jwt", jwk: attacker.publicJwk }, claims),
      "ATK-11",
    ],
    [
      "another key in the header under another kid",
      attacker.jws(
        { ...header(alg), kid: "evil", jwk: { ...attacker.publicJwk, kid: "evil" } },
        claims,
      ),
      "ATK-11",
    ],
    ["links to another key", attacker.jws({ ...header(alg), ...links }, claims), "ATK-12"],
    [
      "links to another key under another kid",
      attacker.jws({ ...header(alg), ...links, kid: "evil" }, claims),
      "ATK-12",
    ],
    [
      "links beside a good signature",
      signer.jws({ ...header(alg), ...links }, claims),
      "ATK-12",
      "valid",
    ],
    [
      "another key in the header beside a good signature",
      signer.jws({ ...header(alg), jwk: attacker.publicJwk }, claims),
      "ATK-11",
      "valid",
    ],
    ...kids.map((kid): Case => [
      `another key, and the kid ${JSON.stringify(kid.slice(0, 40))}`,
      attacker.jws({ ...header(alg), kid }, claims),
      "ATK-13",
    ]),
    ...[1, null, ["test-key"], { kid: "test-key" }, true].map((kid): Case => [
      `the kid ${JSON.stringify(kid)} beside a good signature`,
      signer.jws({ ...header(alg), kid }, claims),
      "ATK-13",
    ]),
    ["no kid beside a good signature", signer.jws({ alg, typ: "at+jwt" }, claims), "", "valid"],
  ];
}
