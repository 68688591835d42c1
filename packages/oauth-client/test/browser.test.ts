import { createOAuthClient } from "@credicorp/oauth-client";
import { afterEach, expect, it, vi } from "vitest";
import type { RuntimeGlobals } from "../src/browser.ts";
import { isBrowser } from "../src/browser.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const create = (): unknown =>
  createOAuthClient({
    baseUrl: "https://hub.example",
    clientId: "partner",
    clientSecret: "planted-secret",
  });

it("CLI-35 refuses to start in a browser, and says why", () => {
  vi.stubGlobal("process", undefined);
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0" });
  vi.stubGlobal("document", {});

  expect(create).toThrowError(/must not be used in a browser/);
});

it("CLI-35 starts on a server that has a window and a document", () => {
  vi.stubGlobal("window", {});
  vi.stubGlobal("document", {});

  expect(create).not.toThrow();
});

const node = { versions: { node: "20.19.0" } };

it.each<[string, RuntimeGlobals, boolean]>([
  ["a page", { document: {}, navigator: { userAgent: "Mozilla/5.0" } }, true],
  ["a page with a bundler's process", { document: {}, process: { versions: {} } }, true],
  ["a web worker", { WorkerGlobalScope: {}, navigator: { userAgent: "Mozilla/5.0" } }, true],
  ["a page of Electron", { document: {}, process: { ...node, type: "renderer" } }, true],
  ["Node", { process: node }, false],
  ["Node with jsdom", { process: node, document: {} }, false],
  ["Deno", { Deno: {}, document: {} }, false],
  ["Bun", { Bun: {}, process: node }, false],
  [
    "Cloudflare Workers",
    { navigator: { userAgent: "Cloudflare-Workers" }, WorkerGlobalScope: {} },
    false,
  ],
  ["an edge runtime", { EdgeRuntime: "edge", WorkerGlobalScope: {} }, false],
  ["something unknown", {}, false],
])("CLI-35 takes %s for a browser or not", (_name, globals, expected) => {
  expect(isBrowser(globals)).toBe(expected);
});
