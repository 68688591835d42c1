import { createOAuthClient } from "@credicorp/oauth-client";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
});

const noMarks = {
  process: undefined,
  navigator: undefined,
  Deno: undefined,
  Bun: undefined,
  EdgeRuntime: undefined,
  document: undefined,
  window: undefined,
  WorkerGlobalScope: undefined,
};
const browser = { userAgent: "Mozilla/5.0" };
const node = { versions: { node: "20.19.0" } };

function createIn(globals: Partial<Record<keyof typeof noMarks, unknown>>): () => unknown {
  for (const [name, value] of Object.entries({ ...noMarks, ...globals }))
    vi.stubGlobal(name, value);
  return () =>
    createOAuthClient({
      baseUrl: "https://hub.example",
      clientId: "partner",
      clientSecret: "planted-secret",
    });
}

it.each([
  ["a page", { window: {}, document: {}, navigator: browser }],
  ["a page with a bundler's process", { window: {}, document: {}, process: { versions: {} } }],
  ["a web worker", { WorkerGlobalScope: {}, navigator: browser }],
  ["a page of Electron", { window: {}, document: {}, process: { ...node, type: "renderer" } }],
])("CLI-35 refuses to start in %s, and says why", (_name, globals) => {
  expect(createIn(globals)).toThrowError("A client secret must not be used in a browser");
});

it.each([
  ["Node", { process: node }],
  ["Node with a window and a document", { process: node, window: {}, document: {} }],
  ["Deno", { Deno: {}, window: {}, document: {} }],
  ["Bun", { Bun: {}, process: node }],
  ["Cloudflare Workers", { navigator: { userAgent: "Cloudflare-Workers" }, WorkerGlobalScope: {} }],
  ["an edge runtime", { EdgeRuntime: "edge", WorkerGlobalScope: {} }],
  ["something unknown", {}],
])("CLI-35 starts in %s", (_name, globals) => {
  expect(createIn(globals)).not.toThrow();
});
