import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { privateKeyFromPem as fromPemOnNode } from "@credicorp/oauth-runtime";
import { privateKeyFromPem as fromPemAnywhere } from "@credicorp/oauth-runtime/portable";

const readers = [
  { name: "node", read: fromPemOnNode },
  { name: "portable", read: fromPemAnywhere },
];

const generate = promisify(generateKeyPair);
const ec = (await generate("ec", { namedCurve: "P-256" })).privateKey;
const rsa = (await generate("rsa", { modulusLength: 2048 })).privateKey;
const ed25519 = (await generate("ed25519")).privateKey;
const pkcs8 = { format: "pem", type: "pkcs8" } as const;

describe.each(readers)("reading a private key from PEM ($name)", ({ read }) => {
  it.each([
    ["P-256", ec],
    ["RSA", rsa],
    ["Ed25519", ed25519],
  ])("reads a %s key, white space around it or not", async (_kind, key) => {
    const pem = key.export(pkcs8).toString();

    const jwk = await read(`\n${pem.trim()}\n\n`);

    expect(jwk).toMatchObject(key.export({ format: "jwk" }));
  });

  it.each([
    ["a key in SEC 1", ec.export({ format: "pem", type: "sec1" }).toString()],
    ["a key in PKCS #1", rsa.export({ format: "pem", type: "pkcs1" }).toString()],
    [
      "an encrypted key",
      ec.export({ ...pkcs8, cipher: "aes-256-cbc", passphrase: "x" }).toString(),
    ],
    ["a key that was cut", ec.export(pkcs8).toString().slice(0, 80)],
    ["no key at all", "planted-secret"],
    ["an empty text", ""],
  ])("does not read %s", async (_name, pem) => {
    expect(await read(pem)).toBeUndefined();
  });
});
