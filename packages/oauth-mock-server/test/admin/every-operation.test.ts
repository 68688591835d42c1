import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import type { AdminCall } from "../support/admin.ts";
import { adminCall, adminOf } from "../support/admin.ts";
import { basic, tokenRequest } from "../support/requests.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

/** A sandbox in which every operation has something to work on. */
interface Scene {
  readonly sandbox: Sandbox;
  readonly call: AdminCall;

  /** Of a refusal. */
  readonly requestId: string;
  readonly token: string;
}

interface Sample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
}

/** For each operation what is sent, and what it needs before. */
const samples: Readonly<Record<string, (scene: Scene) => Sample | Promise<Sample>>> = {
  whoami: () => ({}),
  getLimits: () => ({}),
  reset: () => ({}),
  listClients: () => ({}),
  createClient: () => ({
    body: {
      id: "new-partner",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    },
  }),
  getClient: () => ({ params: { clientId: "partner-private-key-jwt" } }),
  changeClient: () => ({ params: { clientId: "partner-basic" }, body: { enabled: false } }),
  deleteClient: () => ({ params: { clientId: "partner-post" } }),
  revokeClientTokens: () => ({ params: { clientId: "partner-basic" } }),
  listSecrets: () => ({ params: { clientId: "partner-basic" } }),
  rotateSecret: () => ({ params: { clientId: "partner-basic" }, body: { overlapSeconds: 60 } }),
  revokeSecret: async ({ sandbox }) => {
    const [secret] = await sandbox.clients.secrets("partner-basic");
    return { params: { clientId: "partner-basic", secretId: secret?.id ?? "" } };
  },
  listKeys: () => ({}),
  rotateKey: () => ({ body: { algorithm: "Ed25519", announceSeconds: 5 } }),
  revokeKey: async ({ sandbox }) => ({
    params: { kid: (await sandbox.keys.list())[0]?.kid ?? "" },
  }),
  getClock: () => ({}),
  advanceClock: () => ({ body: { by: "16m" } }),
  freezeClock: () => ({}),
  resumeClock: () => ({ body: {} }),
  setClock: () => ({ body: { to: "2030-01-01T00:00:00Z" } }),
  skewClock: () => ({ body: { by: -5000 } }),
  resetClock: () => ({}),
  listFaults: async ({ call }) => {
    await call("POST", "/faults", { fault: "delay", delayMs: 1, times: 3 });
    return {};
  },
  addFault: () => ({ body: { fault: "expires_in", as: "huge", probability: 0.5, seed: 7 } }),
  removeFault: async ({ call }) => {
    const { value } = await call("POST", "/faults", { fault: "bad_signature" });
    return { params: { faultId: value.id } };
  },
  clearFaults: () => ({}),
  listScenarios: async ({ call }) => {
    await call("POST", "/scenarios", { scenario: "outage" });
    return {};
  },
  startScenario: () => ({ body: { scenario: "secretRotation", clientId: "partner-basic" } }),
  endScenario: async ({ call }) => {
    const { value } = await call("POST", "/scenarios", { scenario: "keyRotation" });
    return { params: { scenarioId: value.id } };
  },
  listRequests: () => ({ query: "?status=401&limit=5" }),
  countRequests: () => ({ query: "?endpoint=token&since=0" }),
  waitForRequests: () => ({ body: { filter: { endpoint: "token" }, count: 2, timeoutMs: 1000 } }),
  exportRequests: () => ({ query: "?endpoint=token" }),
  getRequest: ({ requestId }) => ({ params: { requestId } }),
  formatRequest: ({ requestId }) => ({ params: { requestId } }),
  explainRequest: ({ requestId }) => ({ params: { requestId } }),
  listDecisions: async ({ sandbox }) => {
    await sandbox.keys.rotate();
    return {};
  },
  clearRequests: () => ({}),
  issueToken: () => ({ body: { scope: ["decisions:read"], malformed: "expired" } }),
  revokeToken: ({ token }) => ({ body: { token } }),
  listNamespaces: async ({ sandbox }) => {
    await sandbox.namespaces.create("one");
    return {};
  },
  createNamespace: () => ({ body: { name: "two" } }),
  deleteNamespace: async ({ sandbox }) => {
    await sandbox.namespaces.create("three");
    return { params: { name: "three" } };
  },
};

async function setScene(sandbox: Sandbox, call: AdminCall): Promise<Scene> {
  const client = sandbox.clients.get("partner-basic");
  const served = await sandbox.fetch("/partner/v1/oauth/token", tokenRequest(client));
  const refused = await sandbox.fetch("/partner/v1/oauth/token", {
    ...tokenRequest(client),
    headers: { authorization: basic({ id: client.id, secret: "wrong" }) },
  });
  const { access_token: token } = (await served.json()) as { readonly access_token: string };
  return { sandbox, call, token, requestId: refused.headers.get("x-request-id") ?? "" };
}

const probe = await createSandbox();
const document = (await adminOf(probe)("GET", "/openapi.json")).value as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    operation,
    name: operation.operationId,
  })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });

/** Says what an answer has that the document has not, or lacks. */
function differences(operation: Operation, status: number, value: unknown): string {
  const response = operation.responses[String(status)];
  if (response === undefined) return `status ${status} is not documented`;
  const content = Object.values(response.content ?? {})[0];
  if (content === undefined) return value === "" ? "" : "an answer without content has some";
  const validate = ajv.compile({ ...content.schema, components: document.components });
  return validate(value) ? "" : ajv.errorsText(validate.errors);
}

describe("the OpenAPI document", () => {
  it("ADM-02 is valid OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate({
      ...structuredClone(document),
    });

    expect([valid, errors]).toEqual([true, undefined]);
  });

  it("ADM-02 names every operation once, and has a sample here for each", () => {
    const names = operations.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    expect(names.toSorted()).toEqual(Object.keys(samples).toSorted());
  });
});

describe.each(["without a port", "over a socket", "in a namespace"])("an operation %s", (way) => {
  it.each(operations)("ADM-02 answers as documented: $name", async (one) => {
    await using sandbox = await createSandbox();
    const isNamespaced = way === "in a namespace";
    const target = isNamespaced ? await sandbox.namespaces.create("tested") : sandbox;
    const listening = way === "over a socket" ? await sandbox.listen() : undefined;
    const call = adminCall({
      fetch: listening === undefined ? sandbox.fetch : fetch,
      url: listening?.adminUrl ?? target.adminUrl,
      token: target.adminToken,
    });
    const scene = isNamespaced
      ? { ...(await setScene(sandbox, call)), ...(await spaceScene(sandbox, call)) }
      : await setScene(sandbox, call);
    const sample: Sample = (await samples[one.name]?.(scene)) ?? {};
    const { params = {}, query = "", body } = sample;
    const path = one.path.replace(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(params[name] ?? ""),
    );

    const { status, headers, value } = await call(one.method, path + query, body);

    const isElsewhere = isNamespaced && one.path.startsWith("/namespaces");
    expect(differences(one.operation, status, value)).toBe("");
    expect(status < 300).toBe(!isElsewhere);
    expect(headers.get("x-sandbox")).toBe("credicorp-oauth-mock-server");
    expect(headers.get("cache-control")).toBe("no-store");
    expect([...headers.keys()].join()).not.toContain("access-control");
  });
});

/** The same scene in the namespace that is tested. */
async function spaceScene(sandbox: Sandbox, call: AdminCall): Promise<Scene> {
  const namespace = sandbox.namespaces.list()[0];
  if (namespace === undefined) throw new Error("There is no namespace");
  const client = namespace.clients.get("partner-basic");
  const path = "partner/v1/oauth/token";
  const served = await namespace.fetch(path, tokenRequest(client));
  const refused = await namespace.fetch(path, {
    ...tokenRequest(client),
    headers: { authorization: basic({ id: client.id, secret: "wrong" }) },
  });
  const { access_token: token } = (await served.json()) as { readonly access_token: string };
  return {
    // What a sample does beforehand it does there; namespaces of a namespace there are none.
    sandbox: { ...sandbox, ...namespace, namespaces: sandbox.namespaces } as unknown as Sandbox,
    call,
    token,
    requestId: refused.headers.get("x-request-id") ?? "",
  };
}
