import type { ReceivedTokenRequest } from "@credicorp/oauth-core/protocol";
import {
  formatForm,
  formatScope,
  formatTokenRequest,
  grantFields,
  parseForm,
  parseTokenRequest,
  secretPostFields,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formText, scopeSet } from "../support/wire-texts.ts";

const limits = { maxBytes: 1_000_000, maxFields: 64 };

function parse(body: string): ReceivedTokenRequest | string {
  const form = parseForm(new TextEncoder().encode(body), limits);
  if (!form.ok) return form.failure.code;
  const request = parseTokenRequest(form.value);
  return request.ok ? request.value : request.failure.code;
}

describe("token request", () => {
  it("reads back every request it wrote", () => {
    const text = formText.filter((value) => value !== "");
    const anyRequest = fc.record({
      scope: fc.oneof(fc.constant([]), scopeSet),
      resources: fc.array(text, { maxLength: 4 }),
      authentication: fc.record(
        { clientId: text, clientSecret: text, clientAssertion: text, clientAssertionType: text },
        { requiredKeys: [] },
      ),
    });
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(parse(formatTokenRequest(request))).toEqual({
          grantType: "client_credentials",
          scope: request.scope.length === 0 ? undefined : formatScope(request.scope),
          resources: request.resources,
          authentication: request.authentication,
        });
      }),
    );
  });

  it("has the example of RFC 6749 section 4.4.2", () => {
    expect(formatTokenRequest({})).toBe("grant_type=client_credentials");
    expect(parse("grant_type=client_credentials")).toEqual({
      grantType: "client_credentials",
      scope: undefined,
      resources: [],
      authentication: {},
    });
  });

  it("reads the client of the example of RFC 6749 section 2.3.1", () => {
    const body =
      "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw";

    expect(parse(body)).toMatchObject({
      grantType: "refresh_token",
      authentication: { clientId: "s6BhdRkqt3", clientSecret: "7Fjfp0ZBr1KtDRbnfVdmIw" },
    });
  });

  it("leaves an empty scope out, and writes parameters of a server's own as they are", () => {
    const body = formatTokenRequest({
      scope: [],
      extraParameters: [["audience", "https://a.example"]],
    });

    expect(body).toBe("grant_type=client_credentials&audience=https%3A%2F%2Fa.example");
  });

  it("TOK-10 treats parameters without a value as omitted", () => {
    expect(parse("grant_type=&scope=&resource=&client_id=&client_secret")).toEqual({
      grantType: undefined,
      scope: undefined,
      resources: [],
      authentication: {},
    });
  });

  it("TOK-11 ignores unrecognised parameters, repeated ones too", () => {
    expect(parse("grant_type=client_credentials&x=1&x=2&__proto__=3&__proto__=4")).toMatchObject({
      grantType: "client_credentials",
    });
  });

  it.each([
    "grant_type",
    "scope",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
  ])("TOK-12 refuses a repeated %s", (name) => {
    expect(parse(`${name}=a&${name}=a`)).toBe("parameter_repeated");
  });

  it("TOK-12 refuses a repetition that is spelled with percent-encoding", () => {
    expect(parse("scope=a&sc%6Fpe=b")).toBe("parameter_repeated");
  });

  it("TOK-12 takes several resources", () => {
    expect(parse("resource=https://a.example&resource=https://b.example")).toMatchObject({
      resources: ["https://a.example", "https://b.example"],
    });
  });

  it("leaves a malformed scope to the endpoint, which answers after authentication", () => {
    expect(parse("grant_type=client_credentials&scope=%22")).toMatchObject({ scope: '"' });
  });
});

it("writes the fields of the grant and of the secret as the whole request does", () => {
  const grant = { scope: ["a", "b"], resources: ["https://one.example", "https://two.example"] };
  const authentication = { clientId: "partner", clientSecret: "s€cret & more" };

  expect(formatForm([...grantFields(grant), ...secretPostFields(authentication)])).toBe(
    formatTokenRequest({ ...grant, authentication }),
  );
  expect(formatForm(grantFields({}))).toBe(formatTokenRequest({}));
});
