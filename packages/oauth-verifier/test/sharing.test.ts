import { createVerifier, isOAuthError } from "@credicorp/oauth-verifier";
import { afterEach, describe, expect, it, vi } from "vitest";

import { setUp } from "./support/set-up.ts";

const good = { issuer: "https://as.example", audience: "https://api.example" };
const introspection = { clientId: "api", clientSecret: "a-secret-that-is-long-enough" };
const revocations = { feed: { poll: async () => ({ revocations: [], cursor: "" }) } };
const initialKeys = { exported: "", secret: "x".repeat(32) };

function optionRefused(change: object): string | undefined {
  try {
    createVerifier({ ...good, ...change });
    return undefined;
  } catch (error) {
    return isOAuthError(error) && error.kind === "config" ? error.option : String(error);
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("how requests share a fetch of keys", () => {
  it("by value, a hundred tokens at once still cause one", async () => {
    const { issuer, verify } = await setUp({ sharing: "value" });

    const outcomes = await Promise.all(Array.from({ length: 100 }, () => verify()));

    expect(new Set(outcomes)).toEqual(new Set(["ok"]));
    expect(issuer.requests.filter((path) => path === "/jwks")).toHaveLength(1);
  });

  it("is one of two ways", () => {
    expect(["promise", "value", undefined].map((sharing) => optionRefused({ sharing }))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([null, "both", true].map((sharing) => optionRefused({ sharing }))).toEqual([
      "sharing",
      "sharing",
      "sharing",
    ]);
  });

  it.each([
    ["introspection", { introspection }],
    ["revocations", { revocations }],
    ["initialKeys", { initialKeys }],
  ])("by value goes without %s, which needs promises", (option, change) => {
    expect(optionRefused({ ...change, sharing: "promise" })).toBeUndefined();
    expect(optionRefused({ ...change, sharing: "value" })).toBe(option);
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    expect(optionRefused(change)).toBe(option);
  });
});
