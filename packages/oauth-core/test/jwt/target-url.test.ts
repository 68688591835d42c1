import { normalizeTargetUrl } from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const url = "https://hub.example.com/partner/v1/oauth/token";

describe("the URL of a proof's target", () => {
  it.each([
    ["as it is", url],
    ["another case of scheme and host", "HTTPS://Hub.EXAMPLE.com/partner/v1/oauth/token"],
    ["the default port", "https://hub.example.com:443/partner/v1/oauth/token"],
    ["an empty port", "https://hub.example.com:/partner/v1/oauth/token"],
    ["a query", `${url}?a=b`],
    ["a fragment", `${url}#a`],
    ["query and fragment", `${url}?a=b#https://evil.example/`],
    ["dot segments", "https://hub.example.com/partner/./x/../v1/oauth/token"],
    ["needless percent-encoding", "https://hub.example.com/partner/v1/%6Fauth/%74oken"],
  ])("DPOP-02 ATK-49 takes %s for the same", (_name, text) => {
    expect(normalizeTargetUrl(text)).toBe(url);
  });

  it.each([
    ["plain http", "http://hub.example.com/partner/v1/oauth/token"],
    ["another host", "https://hub.example.org/partner/v1/oauth/token"],
    ["a longer host", "https://hub.example.com.evil.example/partner/v1/oauth/token"],
    ["the absolute form of a host", "https://hub.example.com./partner/v1/oauth/token"],
    ["another port", "https://hub.example.com:8443/partner/v1/oauth/token"],
    ["port 80", "https://hub.example.com:80/partner/v1/oauth/token"],
    ["another case of the path", "https://hub.example.com/partner/v1/oauth/Token"],
    ["a slash more", `${url}/`],
    ["two slashes", "https://hub.example.com//partner/v1/oauth/token"],
    ["an encoded slash", "https://hub.example.com/partner/v1/oauth%2Ftoken"],
    ["a path parameter", `${url};a=b`],
    ["no path", "https://hub.example.com"],
  ])("DPOP-02 ATK-49 tells %s apart", (_name, text) => {
    expect(normalizeTargetUrl(text)).toEqual(expect.any(String));
    expect(normalizeTargetUrl(text)).not.toBe(url);
  });

  it.each([
    ["an empty text", ""],
    ["a path", "/partner/v1/oauth/token"],
    ["no scheme", "//hub.example.com/partner/v1/oauth/token"],
    ["one slash", "https:/hub.example.com/partner/v1/oauth/token"],
    ["no slash", "https:hub.example.com/partner/v1/oauth/token"],
    ["three slashes", "https:///hub.example.com/partner/v1/oauth/token"],
    ["backslashes", "https:\\\\hub.example.com\\partner\\v1\\oauth\\token"],
    ["a backslash in the path", "https://hub.example.com/partner\\v1/oauth/token"],
    ["user information", "https://user:word@hub.example.com/partner/v1/oauth/token"],
    ["empty user information", "https://@hub.example.com/partner/v1/oauth/token"],
    ["white space before", ` ${url}`],
    ["white space after", `${url} `],
    ["a line break", "https://hub.exam\nple.com/partner/v1/oauth/token"],
    ["NUL", `${url}\u0000`],
    ["what is not ASCII", "https://hub.example.com/partner/v1/oauth/tok\u00e9n"],
    ["another scheme", "ftp://hub.example.com/partner/v1/oauth/token"],
    ["a script", "javascript://hub.example.com/partner/v1/oauth/token"],
    ["no host", "https://?"],
    ["a port that is none", "https://hub.example.com:99999/partner/v1/oauth/token"],
  ])("ATK-49 takes %s for no URL", (_name, text) => {
    expect(normalizeTargetUrl(text)).toBeUndefined();
  });

  it("ATK-49 takes the case of an encoding for nothing, and that of the path for something", () => {
    const [lower, upper] = ["https://a.example/x%2fy", "https://a.example/x%2Fy"];

    expect(normalizeTargetUrl(lower)).toBe(normalizeTargetUrl(upper));
    expect(normalizeTargetUrl("https://a.example/X%2Fy")).not.toBe(normalizeTargetUrl(upper));
  });

  it("is stable: what has been normalised stays as it is", () => {
    const segment = fc.string({
      unit: fc.constantFrom("a", "Z", "%41", "%2f", ".", "~", "!", "%c3"),
    });
    const texts = fc
      .tuple(
        fc.constantFrom("http", "HTTPS"),
        fc.domain(),
        fc.array(segment),
        fc.webQueryParameters(),
      )
      .map(([scheme, host, path, query]) => `${scheme}://${host}/${path.join("/")}?${query}`);

    fc.assert(
      fc.property(texts, (text) => {
        const once = normalizeTargetUrl(text);
        expect(once).toBeDefined();
        expect(normalizeTargetUrl(once ?? "")).toBe(once);
      }),
    );
  });

  it("answers for any text at all without throwing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(["string", "undefined"]).toContain(typeof normalizeTargetUrl(`https://${text}`));
      }),
    );
  });
});
