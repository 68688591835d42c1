import type {
  ReceivedTokenManagementRequest,
  TokenManagementRequest,
} from "@credicorp/oauth-core/protocol";
import {
  formatTokenManagementRequest,
  parseForm,
  parseTokenManagementRequest,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formText } from "../support/wire-texts.ts";

function parse(body: string): ReceivedTokenManagementRequest | string {
  const form = parseForm(new TextEncoder().encode(body), { maxBytes: 1_000_000, maxFields: 64 });
  if (!form.ok) return form.failure.code;
  const request = parseTokenManagementRequest(form.value);
  return request.ok ? request.value : request.failure.code;
}

describe("token management request", () => {
  it("reads back every request it wrote", () => {
    const text = formText.filter((value) => value !== "");
    const anyRequest = fc.record(
      {
        token: text,
        tokenTypeHint: text,
        authentication: fc.record({ clientId: text, clientSecret: text }, { requiredKeys: [] }),
      },
      { requiredKeys: ["token"] },
    );
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(parse(formatTokenManagementRequest(request))).toEqual({
          token: { ok: true, value: request.token },
          tokenTypeHint: request.tokenTypeHint,
          authentication: request.authentication ?? {},
        });
      }),
    );
  });

  it.each<[string, TokenManagementRequest, string]>([
    ["RFC 7662 section 2.1", { token: "2YotnFZFEjr1zCsicMWpAA" }, "token=2YotnFZFEjr1zCsicMWpAA"],
    [
      "RFC 7662 section 2.1, with a hint",
      { token: "mF_9.B5f-4.1JqM", tokenTypeHint: "access_token" },
      "token=mF_9.B5f-4.1JqM&token_type_hint=access_token",
    ],
    [
      "RFC 7009 section 2.1",
      { token: "45ghiukldjahdnhzdauz", tokenTypeHint: "refresh_token" },
      "token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token",
    ],
  ])("has the example of %s", (_section, request, body) => {
    expect(formatTokenManagementRequest(request)).toBe(body);
    expect(parse(body)).toMatchObject({
      token: { ok: true, value: request.token },
      tokenTypeHint: request.tokenTypeHint,
    });
  });

  it.each(["", "token=", "token", "Token=a", "token_type_hint=access_token"])(
    "reports a missing token as a result of its own: %j",
    (body) => {
      expect(parse(`${body}&client_id=c`)).toMatchObject({
        token: { ok: false, failure: { code: "token_missing" } },
        authentication: { clientId: "c" },
      });
    },
  );

  it("passes on a hint that it does not know", () => {
    expect(parse("token=a&token_type_hint=__proto__")).toMatchObject({
      token: { ok: true, value: "a" },
      tokenTypeHint: "__proto__",
    });
  });

  it.each(["token", "token_type_hint", "client_id", "client_secret", "client_assertion"])(
    "TOK-12 refuses a repeated %s",
    (name) => {
      expect(parse(`token=a&${name}=b&${name}=b`)).toBe("parameter_repeated");
    },
  );
});
