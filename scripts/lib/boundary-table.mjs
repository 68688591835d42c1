/**
 * Who may import what. A new arrow between packages is added here, in review, and nowhere else.
 *
 * @module
 */

/**
 * @typedef {object} Boundary
 * @property {readonly string[]} workspace Packages of this workspace that the sources may import.
 * @property {readonly string[]} npm Packages from npm that the sources may import.
 * @property {boolean} node Whether the sources may import `node:` modules.
 * @property {boolean} [pure] Whether the sources may name no clock, randomness, timer or I/O.
 * @property {Readonly<Record<string, readonly string[]>>} [folders] For each folder of `src`, the
 *   other folders it may import; `.` stands for the files directly in `src`.
 */

const core = "@credicorp/oauth-core";
const runtime = "@credicorp/oauth-runtime";
const client = "@credicorp/oauth-client";
const verifier = "@credicorp/oauth-verifier";
const mockServer = "@credicorp/oauth-mock-server";
const partnerApi = "@credicorp/partner-api";
const partnerBackend = "@credicorp/partner-backend";

/** @type {Readonly<Record<string, Boundary>>} */
export const boundaryTable = {
  "packages/oauth-core": {
    workspace: [],
    npm: [],
    node: false,
    pure: true,
    folders: {
      ".": ["protocol", "jwt", "token-cache", "key-set"],
      protocol: ["."],
      jwt: [".", "protocol"],
      "token-cache": [".", "protocol", "jwt"],
      "key-set": [".", "protocol", "jwt"],
      revocation: ["."],
      stores: ["."],
      dpop: [".", "jwt", "stores"],
      "authorization-server": [".", "protocol", "jwt", "key-set", "revocation", "stores", "dpop"],
      "resource-server": [".", "protocol", "jwt", "key-set", "revocation", "stores", "dpop"],
      testing: [
        ".",
        "protocol",
        "jwt",
        "token-cache",
        "key-set",
        "revocation",
        "authorization-server",
        "resource-server",
      ],
    },
  },
  "packages/oauth-runtime": { workspace: [core], npm: ["jose"], node: true },
  "packages/oauth-client": {
    workspace: [core, runtime],
    npm: ["undici"],
    node: true,
    folders: {
      ".": [
        "options",
        "platform",
        "waiting",
        "authentication",
        "endpoints",
        "tokens",
        "requests",
        "events",
        "sharing",
        "telemetry",
      ],
      options: [],
      platform: ["options"],
      waiting: [],
      events: [],
      signing: [],
      authentication: ["options", "platform", "signing"],
      dpop: ["options", "platform", "signing"],
      endpoints: ["options", "waiting"],
      tokens: ["options", "waiting"],
      sharing: ["options", "waiting", "tokens"],
      telemetry: ["options", "tokens"],
      requests: ["options", "waiting", "tokens"],
      standalone: ["options", "platform", "tokens"],
      undici: ["requests"],
      axios: ["requests"],
    },
  },
  "packages/oauth-verifier": {
    workspace: [core, runtime],
    npm: ["fastify", "hono"],
    node: true,
    folders: {
      ".": ["options", "claims", "revocations", "introspection", "watching", "issuer", "adapters"],
      options: [],
      discovery: ["options"],
      claims: [],
      revocations: ["options"],
      introspection: ["options", "discovery"],
      watching: ["options", "revocations"],
      issuer: ["options", "discovery", "revocations", "introspection", "watching"],
      // The ways in: each is an entry of its own over what a verifier is.
      adapters: [".", "options"],
    },
  },
  "packages/oauth-mock-server": {
    workspace: [core, runtime],
    npm: ["@peculiar/x509", "fastify", "reflect-metadata", "undici", "vitest", "yaml", "zod"],
    node: true,
    folders: {
      ".": [
        "clock",
        "configuration",
        "explanations",
        "faults",
        "http",
        "journal",
        "namespaces",
        "sandbox",
        "scenarios",
        "tokens",
        "certificates",
        "command",
      ],
      http: [],
      safety: ["http"],
      namespaces: ["http"],
      admin: [
        "clock",
        "configuration",
        "explanations",
        "faults",
        "http",
        "journal",
        "scenarios",
        "tokens",
        "version",
      ],
      version: [],
      seed: [],
      secrets: [],
      journal: ["http", "secrets"],
      faults: ["http", "seed", "spelling"],
      scenarios: ["clock", "faults"],
      spelling: [],
      configuration: ["http", "journal", "faults", "namespaces", "spelling"],
      "client-keys": ["configuration"],
      clock: [],
      explanations: ["http", "journal", "spelling"],
      tokens: [],
      sandbox: [
        "admin",
        "configuration",
        "http",
        "client-keys",
        "clock",
        "explanations",
        "faults",
        "journal",
        "namespaces",
        "safety",
        "scenarios",
        "secrets",
        "seed",
        "tokens",
        "version",
      ],
      certificates: ["configuration", "http"],
      command: [
        "certificates",
        "configuration",
        "explanations",
        "http",
        "sandbox",
        "spelling",
        "version",
      ],
      testing: ["configuration", "sandbox"],
    },
  },
  "apps/partner-api": { workspace: [core, runtime, verifier], npm: ["fastify", "zod"], node: true },
  "apps/partner-backend": { workspace: [client], npm: ["zod"], node: true },
  "apps/end-to-end": {
    workspace: [core, runtime, client, verifier, mockServer, partnerApi, partnerBackend],
    npm: ["fastify", "undici", "zod"],
    node: true,
  },
  "apps/benchmarks": {
    workspace: [core, runtime, client, verifier, mockServer],
    npm: [
      "fastify",
      "jose",
      "oauth2-mock-server",
      "oidc-provider",
      "undici",
      // The verifiers that ours is put beside.
      "aws-jwt-verify",
      "fast-jwt",
      "get-jwks",
      "jsonwebtoken",
      "jwks-rsa",
      // The clients that ours is put beside.
      "@anthropic-ai/sdk",
      "@azure/msal-node",
      "@badgateway/oauth2-client",
      "@commercetools/ts-client",
      "@openfga/sdk",
      "google-auth-library",
      "openid-client",
      "simple-oauth2",
      "undici-oidc-interceptor",
    ],
    node: true,
  },
  "apps/conformance": {
    workspace: [core, runtime, client, verifier, mockServer, partnerApi],
    npm: ["fastify", "oauth4webapi", "openid-client", "undici"],
    node: true,
  },
};

/**
 * Names that the sources of a pure package may not contain, not even as a variable of their own:
 * that keeps a search for them exact.
 */
export const impureNames = new Set([
  "Buffer",
  "FinalizationRegistry",
  "Function",
  "Intl",
  "WeakRef",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "eval",
  "fetch",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "require",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** Properties that read the world: object and member. */
export const impureMembers = new Set(["Date.now", "Math.random"]);

/** A source file that is longer has more than one reason to exist. */
export const maxSourceLines = 250;
