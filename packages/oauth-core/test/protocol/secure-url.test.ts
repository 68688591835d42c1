import {
  isIssuerUrl,
  isLoopbackHost,
  isSecureUrl,
  parseAbsoluteUrl,
} from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

describe("isSecureUrl", () => {
  it.each([
    "https://hub.example",
    "https://hub.example:8443/partner/v1?a=b",
    "HTTPS://HUB.EXAMPLE",
    "http://localhost:8080",
    "http://127.0.0.1:1",
    "http://127.255.255.254",
    "http://[::1]:3000/",
  ])("CLI-34 takes %s", (url) => {
    expect(isSecureUrl(url)).toBe(true);
  });

  it.each([
    "",
    "hub.example",
    "/token",
    "//hub.example/token",
    "http://hub.example",
    "http://127.0.0.1.hub.example",
    "http://localhost.hub.example",
    "http://notlocalhost",
    "http://sandbox.localhost/x",
    "http://128.0.0.1",
    "http://0.0.0.0",
    "http://[::]",
    "http://[::ffff:127.0.0.1]",
    "http://10.0.0.1",
    "ftp://localhost",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:,x",
    "ws://localhost",
  ])("CLI-34 refuses %j", (url) => {
    expect(isSecureUrl(url)).toBe(false);
  });

  it.each([
    "https://user@hub.example",
    "https://user:password@hub.example",
    "https://:password@hub.example",
    "https://localhost@hub.example",
    "http://localhost#@hub.example",
    "https://hub.example/#",
    "https://hub.example/#fragment",
  ])("refuses user information and fragments: %s", (url) => {
    expect(isSecureUrl(url)).toBe(false);
  });

  it.each([
    " https://hub.example",
    "https://hub.example\n",
    "https://hub\t.example",
    "ht\ntps://hub.example",
    "https:\\\\hub.example",
    "https://hub.example\\@evil.example",
    "https://hub.example/\0",
  ])("refuses what a URL parser would mend: %j", (url) => {
    expect(isSecureUrl(url)).toBe(false);
  });
});

describe("isIssuerUrl", () => {
  it.each(["https://hub.example", "https://hub.example/tenant", "http://localhost:8080"])(
    "takes %s",
    (text) => {
      expect(isIssuerUrl(text)).toBe(true);
    },
  );

  it.each([
    "https://hub.example?a=b",
    "https://hub.example/?",
    "https://hub.example#a",
    "https://user@hub.example",
    "http://hub.example",
    "http://a.localhost",
    "hub.example",
    "",
  ])("refuses %j", (text) => {
    expect(isIssuerUrl(text)).toBe(false);
  });
});

describe("isLoopbackHost", () => {
  it.each(["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])("says yes to %s", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    "",
    "localhost.",
    "a.localhost",
    "xlocalhost",
    "127.0.0.1.example",
    "1127.0.0.1",
    "[::2]",
    "::1",
  ])("says no to %j", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });

  it("sees through other spellings of an address, once the URL is parsed", () => {
    for (const host of ["127.1", "0x7f.1", "2130706433", "LOCALHOST"]) {
      expect(isLoopbackHost(parseAbsoluteUrl(`http://${host}`)?.hostname ?? "")).toBe(true);
    }
  });
});

describe("parseAbsoluteUrl", () => {
  it.each(["", "a", "/a", "//a", "http://", "https://a b", "http://[::1"])("refuses %j", (text) => {
    expect(parseAbsoluteUrl(text)).toBeUndefined();
  });
});
