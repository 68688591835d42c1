import { createPrivateKey } from "node:crypto";

import { expect, it } from "vitest";

import type { OAuthClientOptions } from "@credicorp/oauth-client";
import { dpop } from "@credicorp/oauth-client/dpop";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { signatureEngine } from "@credicorp/oauth-runtime";

import type { Answer, SeenRequest } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";
import { spellings } from "./support/spellings.ts";

const jwk = await signatureEngine.generateKeyPair("ES256");
const pem = createPrivateKey({ key: jwk as never, format: "jwk" })
  .export({ format: "pem", type: "pkcs8" })
  .toString();
// Every piece of a key that is long enough not to be there by chance.
const planted = [jwk.d, jwk.d.slice(0, 16), pem.split("\n")[1]?.slice(0, 24) ?? "", "planted"];

const ways: [string, Partial<OAuthClientOptions>][] = [
  ["a JWK", { authentication: privateKeyJwt({ key: jwk }) }],
  ["a PEM", { authentication: privateKeyJwt({ key: pem, kid: "a" }) }],
  ["DPoP and a JWK", { dpop: dpop({ key: jwk }), authentication: privateKeyJwt({ key: pem }) }],
  ["two secrets", { clientSecret: ["planted-new-secret", "planted-old-secret"] }],
];

const answers: [string, (echo: string) => Answer][] = [
  [
    "invalid_client",
    (echo) => ({ status: 401, body: { error: "invalid_client", error_description: echo } }),
  ],
  [
    "use_dpop_nonce",
    (echo) => ({
      status: 400,
      headers: { "dpop-nonce": "planted-nonce" },
      body: { error: "use_dpop_nonce", error_description: echo },
    }),
  ],
  [
    "a bound token where none was asked for",
    () => ({ body: { access_token: "planted-token", token_type: "DPoP", expires_in: -1 } }),
  ],
  [
    "a downgrade",
    () => ({ body: { access_token: "planted-token", token_type: "Bearer", expires_in: 0 } }),
  ],
  ["a broken connection", () => ({ reset: true })],
];

function proofsOf({ form, dpop: proof }: SeenRequest): string[] {
  return [form.get("client_assertion"), form.get("client_secret"), proof].filter(
    (text) => typeof text === "string",
  );
}

it.each(ways.flatMap(([way, options]) => answers.map((answer) => [way, options, answer] as const)))(
  "CLI-31 CLI-32 has nothing of %s in errors, events and the client",
  async (_way, options, [, answer]) => {
    const { ports } = createControlledPorts();
    await using setup = await setUp({ ports, ...options });
    const { client, server, events } = setup;
    server.script.token = (request) => answer(proofsOf(request).join(" and "));

    const errors = [
      await rejectionOf(client.getToken()),
      await rejectionOf(client.fetch("/partner/v1/applications")),
    ];

    const text = [...errors, events, client, client.explain(), options.authentication, options.dpop]
      .map(spellings)
      .join("\n");
    const proofs = server.tokenRequests().flatMap(proofsOf);
    expect(errors[0]).toHaveProperty("code", expect.stringMatching(/^ERR_OAUTH_/));
    for (const word of [...planted, ...proofs]) {
      expect(text).not.toContain(word);
    }
  },
);

const damaged: [string, unknown][] = [
  ["a JWK that was cut", JSON.stringify(jwk).slice(0, -4)],
  ["a PEM that was cut", pem.slice(0, 120)],
  ["a PEM with a typing error", pem.replace("MIG", "MIX")],
  ["a key of an unknown kind", { ...jwk, crv: "P-999" }],
  ["a key whose halves do not fit", { ...jwk, d: `${jwk.d.slice(0, -4)}AAAA`, x: "AAAA" }],
  [
    "a function that throws what it knows",
    () => {
      throw new Error(pem);
    },
  ],
  [
    "a KMS that throws what it knows",
    {
      algorithm: "ES256",
      publicJwk: toPublicJwk(jwk),
      sign: () => Promise.reject(new Error(pem)),
    },
  ],
];

it.each(damaged)("CLI-31 has nothing of %s in the errors", async (_name, key) => {
  await using signing = await setUp({ authentication: privateKeyJwt({ key: key as PrivateJwk }) });
  await using proving = await setUp({ dpop: dpop({ key: key as PrivateJwk }) });

  const errors = [
    await rejectionOf(signing.client.getToken()),
    await rejectionOf(proving.client.getToken()),
  ];

  for (const error of errors) {
    expect(error).toMatchObject({ kind: "config" });
    for (const word of planted) expect(spellings(error)).not.toContain(word);
  }
});
