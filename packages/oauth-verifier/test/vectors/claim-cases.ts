import { claims, header } from "./base-token.ts";
import type { Case, CaseGroup, Verdict } from "./vector-file.ts";
import { vectorSigner } from "./vector-signer.ts";

/** Tokens with a good signature that are no access tokens for this resource server. */
export function claimGroups(): readonly CaseGroup[] {
  const signer = vectorSigner("ES256");
  const body = JSON.stringify(claims);
  const typed = (typ: unknown): string => signer.jws({ ...header("ES256"), typ }, claims);
  const claimed = (change: object): string => signer.jws(header("ES256"), { ...claims, ...change });
  /** A number that JSON.stringify would not write so. */
  const written = (name: string, value: string): string =>
    signer.jws(
      header("ES256"),
      body.replace(/\}$/, `,"${name}":${value}}`).replace(new RegExp(`"${name}":\\d+,`), ""),
    );

  const types: readonly (readonly [typ: unknown, result?: Verdict])[] = [
    ["at+jwt", "valid"],
    ["application/at+jwt", "valid"],
    ["AT+JWT", "valid"],
    ["Application/AT+JWT", "valid"],
    [undefined],
    ["JWT"],
    ["jwt"],
    [""],
    ["dpop+jwt"],
    ["logout+jwt"],
    ["id+jwt"],
    ["secevent+jwt"],
    ["token-introspection+jwt"],
    ["at+jwt;x=1"],
    [" at+jwt"],
    ["text/at+jwt"],
    ["application/application/at+jwt"],
    [["at+jwt"]],
    [null],
    [1],
  ];
  const dates = ["exp", "iat", "nbf"].flatMap((name) =>
    [
      '"4102444800"',
      "null",
      "true",
      "[4102444800]",
      '{"value":4102444800}',
      '""',
      "1e400",
      "-1e400",
    ].map((value): Case => [`${name} ${value}`, written(name, value), "ATK-31"]),
  );
  const issuers: readonly unknown[] = [
    "https://evil.example",
    "https://as.example/",
    "https://as.exampl",
    "https://as.example.evil.example",
    "https://AS.example",
    "HTTPS://as.example",
    "http://as.example",
    "https://as%2Eexample",
    "https://as.example:443",
    "https://as.example@evil.example",
    "https://user@as.example",
    " https://as.example",
    "https://as.example\n",
    "https://аs.example",
    "as.example",
    "",
    null,
    1,
    ["https://as.example"],
    { iss: "https://as.example" },
  ];
  const audiences: readonly (readonly [aud: unknown, result?: Verdict])[] = [
    [["https://api.example"], "valid"],
    [["https://other.example", "https://api.example"], "valid"],
    ["https://other.example"],
    ["https://api.example/"],
    ["https://API.example"],
    ["https://api.exampl"],
    ["https://api.example.evil.example"],
    ["https://other.example https://api.example"],
    ["*"],
    [""],
    [[]],
    [["https://other.example"]],
    [[["https://api.example"]]],
    [{ 0: "https://api.example", length: 1 }],
    [{ "https://api.example": true }],
    [["https://api.example", 1]],
    [null],
    [1],
    [true],
  ];
  const scopes: readonly (readonly [scope: unknown, result?: Verdict])[] = [
    ["a b", "valid"],
    [undefined, "valid"],
    ["toString __proto__", "valid"],
    [["decisions:read"]],
    [{ "decisions:read": true }],
    [null],
    [1],
    ["a  b", "acceptable"],
    [" a", "acceptable"],
    ["a\tb", "acceptable"],
    ["a\u00a0b", "acceptable"],
    ['a"b', "acceptable"],
  ];
  const required = Object.keys(claims).filter((name) => name !== "scope");
  const texts = ["sub", "client_id", "jti"];

  const cases: readonly Case[] = [
    ...types.map(([typ, result]): Case => [
      `typ ${JSON.stringify(typ) ?? "missing"}`,
      typed(typ),
      "ATK-30",
      result,
    ]),
    ...dates,
    ["exp long past", claimed({ exp: 1_600_000_000 }), "ATK-31"],
    ["exp zero", claimed({ exp: 0 }), "ATK-31"],
    ["exp negative", claimed({ exp: -1 }), "ATK-31"],
    ["exp with a fraction", claimed({ exp: 4_102_444_800.5 }), "ATK-31", "valid"],
    ["exp with an exponent", written("exp", "4.1024448e9"), "ATK-31", "valid"],
    ["exp in milliseconds", claimed({ exp: 4_102_444_800_000 }), "ATK-31", "acceptable"],
    ["exp 2^53", claimed({ exp: 2 ** 53 }), "ATK-31", "acceptable"],
    ["exp 1e300", written("exp", "1e300"), "ATK-31", "acceptable"],
    ["exp NaN", written("exp", "NaN"), "ATK-31"],
    ["exp Infinity", written("exp", "Infinity"), "ATK-31"],
    ["nbf to come", claimed({ nbf: 4_102_444_000 }), "ATK-31"],
    ["nbf past", claimed({ nbf: 1_700_000_000 }), "", "valid"],
    ["nbf negative", claimed({ nbf: -1 }), "ATK-31", "acceptable"],
    ...issuers.map((iss): Case => [`iss ${JSON.stringify(iss)}`, claimed({ iss }), "ATK-32"]),
    ...audiences.map(([aud, result]): Case => [
      `aud ${JSON.stringify(aud)}`,
      claimed({ aud }),
      "ATK-33",
      result,
    ]),
    ...scopes.map(([scope, result]): Case => [
      `scope ${JSON.stringify(scope) ?? "missing"}`,
      claimed({ scope }),
      "ATK-35",
      result,
    ]),
    ...required.map((name): Case => [
      `no ${name}`,
      claimed({ [name]: undefined }),
      name === "aud" ? "ATK-33" : "",
    ]),
    ...texts.flatMap((name) =>
      [null, 1, ["x"], {}].map((value): Case => [
        `${name} ${JSON.stringify(value)}`,
        claimed({ [name]: value }),
        "",
      ]),
    ),
    [
      "bound to a key, presented without a proof",
      claimed({ cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }),
      "",
    ],
    [
      "bound to a certificate, presented without one",
      claimed({ cnf: { "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" } }),
      "",
    ],
  ];
  return [
    {
      comment: "typ and claims of the token (ES256)",
      private: signer.jwk,
      public: signer.publicJwk,
      cases,
    },
  ];
}
