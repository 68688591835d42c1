/**
 * The same table of requests, in process, by a dispatcher, over Fastify and from the command: the answers are those of
 * the requirements, and equal but for what differs from answer to answer.
 *
 * `CREDICORP_SANDBOX_COMMAND` names another file than the one that the package's `bin` is.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { SandboxConfiguration } from "@credicorp/oauth-mock-server";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { createSandboxDispatcher } from "@credicorp/oauth-mock-server/undici";

import { otherCases } from "../support/wire-cases/other-cases.ts";
import { tokenCases } from "../support/wire-cases/token-cases.ts";
import type { Reached } from "../support/wire-cases/wire-case.ts";
import { sendRequest } from "../support/wire-cases/wire-case.ts";

const published = fileURLToPath(
  new URL("../../dist/command/oauth-mock-server.js", import.meta.url),
);
const command = process.env["CREDICORP_SANDBOX_COMMAND"] ?? published;

// The seed gives all of them the same keys, and so the same documents.
const configuration: SandboxConfiguration = {
  issuer: "https://hub.example.com",
  seed: 8,
  accessTokenAlgorithm: "Ed25519",
  additionalAlgorithms: [],
};

const secretOf: Reached["secretOf"] = (clientId) => {
  const secret = defaultClients.find(({ id }) => id === clientId)?.secret;
  if (secret === undefined) throw new Error(`There is no client ${clientId}`);
  return secret;
};
const sendTo =
  (origin: string, init?: object): Reached["send"] =>
  (path, own) =>
    fetch(origin + path, { ...own, ...init });

const endings: (() => unknown)[] = [];
const ways = new Map<string, Reached["send"]>();

beforeAll(async () => {
  const [inProcess, dispatched, listening] = await Promise.all([
    createSandbox(configuration),
    createSandbox(configuration),
    createSandbox(configuration),
  ]);
  const dispatcher = createSandboxDispatcher(dispatched);
  ways.set("in process", inProcess.fetch);
  ways.set("by a dispatcher", sendTo(dispatched.issuer, { dispatcher }));
  ways.set("over Fastify", sendTo((await listening.listen()).url));
  ways.set("from the command", sendTo(await startCommand()));
  endings.push(() => dispatcher.close(), inProcess.close, dispatched.close, listening.close);
});

afterAll(async () => {
  for (const end of endings) await end();
});

/** Starts the command as npx does, by the file that `bin` names; resolves to its URL. */
async function startCommand(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parity-"));
  endings.push(() => rm(folder, { recursive: true }));
  const file = join(folder, "sandbox.json");
  await writeFile(file, JSON.stringify(configuration));
  const child = spawn(process.execPath, [command, "--port", "0", "--config", file, "--quiet"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  endings.push(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return (JSON.parse(line.toString()) as { readonly url: string }).url;
}

// What belongs to the connection, to the moment, or to one answer.
const volatileFields = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "ratelimit",
  "retry-after",
  "transfer-encoding",
]);
// These must be there, whatever they say.
const variedFields = new Set(["date", "x-request-id"]);
const volatileMembers = new Set(["access_token", "exp", "iat", "instance", "jti", "nbf"]);

/** What is left of an answer when all that differs from one to the next is gone. */
async function read(response: Response): Promise<{
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: unknown;
}> {
  const fields = [...response.headers]
    .filter(([name]) => !volatileFields.has(name))
    .map(([name, value]) => [name, variedFields.has(name) ? "" : value]);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
  const body: unknown = isJson
    ? JSON.parse(text, (name, value: unknown) => (volatileMembers.has(name) ? typeof value : value))
    : text;
  return { status: response.status, fields: Object.fromEntries(fields), body };
}

// By name, as vitest would put a member of the case in quotes, and cut it.
const titled = [...tokenCases, ...otherCases].map((one) => [one.title, one] as const);

describe("the sandbox in process, by a dispatcher, over Fastify and from the command", () => {
  it.each(titled)("TST-05 %s", async (_title, { request, status, body, fields }) => {
    const answers: unknown[] = [];
    for (const send of ways.values()) {
      const reached = { send, secretOf };
      const one = typeof request === "function" ? await request(reached) : request;

      const response = await sendRequest(reached, one);

      for (const [name, part] of Object.entries(fields ?? {})) {
        expect(response.headers.get(name)).toContain(part);
      }
      answers.push(await read(response));
    }

    const [first, ...others] = answers;
    expect(first).toMatchObject({ status, ...(body !== undefined && { body }) });
    expect(others).toEqual([first, first, first]);
  });
});
