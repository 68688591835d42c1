import type { HeaderList } from "@credicorp/oauth-core";
import { formatAuthorization } from "@credicorp/oauth-core/protocol";
import { credentialFields, readCredentials } from "@credicorp/oauth-core/resource-server";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

function read(headers: HeaderList, url = "/partner/v1/decisions/1"): string {
  const result = readCredentials({ method: "GET", url, headers }, { dpop: false });
  return result.ok ? `token ${result.value.token}` : result.failure.error;
}

function readWithDpop(headers: HeaderList): unknown {
  const result = readCredentials({ method: "GET", url: "/x", headers }, { dpop: true });
  return result.ok ? result.value : result.failure.detail.code;
}

describe("readCredentials", () => {
  it("RS-05 reads what the client formats, and the scheme in any case", () => {
    expect(read([["Authorization", formatAuthorization("Bearer", "a.b-c._~+/9==")]])).toBe(
      "token a.b-c._~+/9==",
    );
    expect(read([["authorization", "bearer abc"]])).toBe("token abc");
    expect(read([["AUTHORIZATION", "BEARER abc"]])).toBe("token abc");
  });

  it.each<[string, HeaderList]>([
    ["without the field", [["Accept", "*/*"]]],
    ["with Basic", [["Authorization", "Basic YTpi"]]],
    ["with DPoP", [["Authorization", "DPoP abc"]]],
    ["with an empty field", [["Authorization", ""]]],
    ["with a scheme that begins alike", [["Authorization", "BearerX abc"]]],
    ["with a space that is none", [["Authorization", "Bearer\u00a0abc"]]],
  ])("RS-01 finds no credentials in a request %s", (_name, headers) => {
    expect(read(headers)).toBe("no_credentials");
  });

  it.each([
    ["no token", "Bearer"],
    ["no token behind the space", "Bearer "],
    ["two spaces", "Bearer  abc"],
    ["a tab", "Bearer\tabc"],
    ["a space behind", "Bearer abc "],
    ["two words", "Bearer abc def"],
    ["a list", "Bearer abc, Bearer def"],
    ["a list without space", "Bearer abc,Bearer def"],
    ["a quoted token", 'Bearer "abc"'],
    ["a parameter", "Bearer token=abc="],
    ["an inner NUL", "Bearer a\0b"],
    ["a line feed", "Bearer abc\n"],
    ["characters beyond ASCII", "Bearer äbc"],
  ])("ATK-42 RS-04 refuses %s", (_name, value) => {
    expect(read([["Authorization", value]])).toBe("invalid_request");
  });

  it("ATK-42 RS-04 refuses several Authorization fields, equal or not", () => {
    expect(
      read([
        ["Authorization", "Bearer a"],
        ["authorization", "Bearer b"],
      ]),
    ).toBe("invalid_request");
    expect(
      read([
        ["Authorization", "Bearer a"],
        ["Authorization", "Bearer a"],
      ]),
    ).toBe("invalid_request");
    expect(
      read([
        ["Authorization", "Basic YTpi"],
        ["Authorization", "Bearer a"],
      ]),
    ).toBe("invalid_request");
  });

  it.each([
    "/x?access_token=abc",
    "/x?a=1&access_token=abc",
    "/x?access_token",
    "/x?%61ccess_token=abc",
    "/x?access%5Ftoken=abc",
    "https://api.example/x?access_token=abc",
  ])("RS-07 ATK-42 refuses the token in the query of %s, alone and beside a good header", (url) => {
    expect(read([], url)).toBe("invalid_request");
    expect(read([["Authorization", "Bearer abc"]], url)).toBe("invalid_request");
  });

  it.each([
    "/x?token=abc",
    "/x?my_access_token=abc",
    "/x?q=access_token",
    "/x?a=%20",
    "/access_token",
  ])("lets the URL %s pass", (url) => {
    expect(read([["Authorization", "Bearer abc"]], url)).toBe("token abc");
  });

  it("DPOP-01 ATK-50 reads one proof with the scheme DPoP, and refuses none and two", () => {
    const token = ["Authorization", formatAuthorization("DPoP", "abc")] as const;

    expect(readWithDpop([token, ["dpop", "p.q.r"]])).toEqual({
      scheme: "dpop",
      token: "abc",
      proof: "p.q.r",
    });
    expect(readWithDpop([["Authorization", "dPOP abc"], token, ["DPoP", "p"]])).toBe(
      "authorization_repeated",
    );
    expect(readWithDpop([token])).toBe("dpop_missing");
    expect(readWithDpop([token, ["DPoP", "p"], ["dpop", "p"]])).toBe("dpop_repeated");
    expect(readWithDpop([["Authorization", "DPoP a b"]])).toBe("authorization_malformed");
  });

  it("ATK-48 reads a bearer token as one, whatever proof is beside it", () => {
    const token = ["Authorization", "Bearer abc"] as const;

    expect(readWithDpop([token, ["DPoP", "p.q.r"]])).toEqual({ scheme: "bearer", token: "abc" });
    expect(
      readWithDpop([
        ["Authorization", "Basic YTpi"],
        ["DPoP", "p.q.r"],
      ]),
    ).toBe("credentials_missing");
  });

  it("ATK-42 reads a field in the same way, whether its token is known or not", () => {
    const known = "aaa.bbb.ccc";
    const part = fc.constantFrom(
      "Bearer",
      "bearer",
      "DPoP",
      "Basic",
      " ",
      "\t",
      ",",
      known,
      "=",
      "a",
    );
    const value = fc.oneof(
      fc.constant(`Bearer ${known}`),
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join("")),
    );
    const name = fc.constantFrom("Authorization", "authorization", "DPoP", "Accept");
    const headers = fc.array(fc.tuple(name, value), { maxLength: 3 });
    const url = fc.constantFrom("/x", "/x?access_token=1", "/x?a=1");
    let found = 0;
    fc.assert(
      fc.property(headers, url, fc.boolean(), (list, target, dpop) => {
        const request = { method: "GET", url: target, headers: list };
        const isKnownToken = (token: string): boolean => {
          found += token === known ? 1 : 0;
          return token === known;
        };

        expect(readCredentials(request, { dpop, isKnownToken })).toEqual(
          readCredentials(request, { dpop }),
        );
      }),
    );
    expect(found).toBeGreaterThan(0);
  });

  it("looks at no other fields than those that it names", () => {
    const headers: HeaderList = [
      ["Authorization", "DPoP abc"],
      ["X-Authorization", "Bearer x"],
      ["DPoP", "proof"],
      ["Proxy-Authorization", "Bearer y"],
    ];
    const named: readonly string[] = credentialFields;
    const shown = headers.filter(([name]) => named.includes(name.toLowerCase()));

    expect(shown).toHaveLength(2);
    expect(readWithDpop(shown)).toEqual(readWithDpop(headers));
  });
});
