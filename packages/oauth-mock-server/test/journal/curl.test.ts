import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { basic, sendTo } from "../support/requests.ts";

const run = promisify(execFile);
const tokenPath = "/partner/v1/oauth/token";
const formType = ["Content-Type", "application/x-www-form-urlencoded"];
const grant = "grant_type=client_credentials";
const encode = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

const oddId = "an+odd%id=of&partner";
const secret = "sandbox_odd+1%2/9_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const credentials = { id: encode(oddId), secret: encode(secret) };
const inBody = `client_id=partner-post&client_secret=`;

interface Case {
  readonly method?: string;
  readonly path?: string;

  /** Beside the host, unless that is among them. */
  readonly headers?: readonly string[];
  readonly body?: string;

  /** What the journal does not show. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly status: number;
}

const variables = { CLIENT_SECRET: credentials.secret };
const withBasic = ["Authorization", basic(credentials)];

const cases: Readonly<Record<string, Case>> = {
  "an id with + and %": {
    headers: [...formType, ...withBasic],
    body: `${grant}&scope=decisions%3Aread`,
    variables,
    status: 200,
  },
  "a secret that is wrong": {
    headers: [...formType, "Authorization", basic({ id: credentials.id, secret: "wrong" })],
    body: grant,
    variables: { CLIENT_SECRET: "wrong" },
    status: 401,
  },
  "a scope with line breaks and control characters": {
    headers: [...formType, ...withBasic],
    body: `${grant}&scope=decisions%3Aread%0A%1B%5B31m`,
    variables,
    status: 400,
  },
  "quotes and dollars": {
    headers: [...formType, ...withBasic],
    body: `${grant}&scope=it%27s+%24%28id%29+%22%60ls%60`,
    variables,
    status: 400,
  },
  "a parameter that is there twice": {
    headers: [...formType, ...withBasic],
    body: `${grant}&${grant}`,
    variables,
    status: 400,
  },
  "an empty parameter": {
    headers: [...formType, ...withBasic],
    body: `${grant}&scope=`,
    variables,
    status: 200,
  },
  "a name that is none": {
    headers: formType,
    body: `a%3Db%26=1&${grant}`,
    variables: { VALUE_OF__REDACTED_: "1" },
    status: 401,
  },
  "two Authorization fields": {
    headers: [...formType, ...withBasic, ...withBasic],
    body: grant,
    variables: { ...variables, AUTHORIZATION: basic(credentials) },
    status: 400,
  },
  "a field that is empty": { headers: ["Content-Type", ""], body: grant, status: 400 },
  "a body of no announced type": { body: grant, variables: { BODY: grant }, status: 400 },
  "a body of JSON": {
    headers: ["Content-Type", "application/json"],
    body: "{}",
    variables: { BODY: "{}" },
    status: 400,
  },
  "a body that is broken": {
    headers: formType,
    body: "%zz",
    variables: { BODY: "%zz" },
    status: 400,
  },
  "a path with dots": { method: "GET", path: "/.well-known/./jwks.json", status: 404 },
  "a path with brackets": { method: "GET", path: "/a[1-3]{b,c}?d[]=e", status: 404 },
  "no path": { method: "OPTIONS", path: "*", status: 404 },
  "a public document": { method: "GET", path: "/.well-known/jwks.json", status: 200 },
  HEAD: { method: "HEAD", path: "/.well-known/jwks.json", status: 200 },
  "HEAD of an endpoint": { method: "HEAD", status: 405 },
  "GET of an endpoint": { method: "GET", status: 405 },
  "no body": { headers: formType, status: 401 },
  "another host": { headers: ["Host", "evil.example", ...formType], body: grant, status: 421 },
  "credentials in the body": {
    headers: formType,
    body: `${grant}&${inBody}${secret.slice(0, 5)}`,
    variables: { CLIENT_SECRET: "short" },
    status: 401,
  },
};

async function setUp(): Promise<{ readonly sandbox: Sandbox; readonly url: string }> {
  const sandbox = await createSandbox({ additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  await sandbox.clients.create({
    id: oddId,
    secret,
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
  });
  return { sandbox, url: (await sandbox.listen({ port: 0 })).url };
}

function errorOf(body: string): unknown {
  return body.startsWith("{") ? (JSON.parse(body) as { readonly error?: unknown }).error : "none";
}

const hasCurl = await run("curl", ["--version"]).then(
  () => true,
  () => false,
);
if (!hasCurl) console.warn("No curl on this machine: exported command lines are not run");

describe.skipIf(!hasCurl)("an exported command line, run again", () => {
  it.each(Object.entries(cases))("is answered as the request was: %s", async (_name, one) => {
    const { sandbox, url } = await setUp();
    const { method = "POST", path = tokenPath, headers = [], body, status } = one;
    const host = headers.includes("Host") ? [] : ["Host", new URL(url).host];
    const answer = await sendTo(url, {
      method,
      path,
      headers: [...host, ...headers],
      ...(body !== undefined && { body }),
    });
    expect(answer.status).toBe(status);
    const [entry] = sandbox.requests.list();
    if (entry === undefined) throw new Error("nothing was noted");

    const command = `${sandbox.requests.toCurl(entry)} -w '\\n%{http_code}'`;
    const { stdout } = await run("sh", ["-c", command], {
      env: { PATH: process.env["PATH"], ...one.variables },
    });

    const lines = stdout.split("\n");
    expect(lines.at(-1)).toBe(String(answer.status));
    const [, again] = sandbox.requests.list();
    const sent = again?.request.headers.map(([name]) => name.toLowerCase());
    for (const [name] of entry.request.headers) {
      // How it is sent is for curl to decide.
      if (/^(?:connection|transfer-encoding)$/i.test(name)) continue;
      expect(sent).toContain(name.toLowerCase());
    }
    expect(again?.request.path).toBe(entry.request.path);
    expect(again?.request.method).toBe(entry.request.method);
    if (method === "HEAD") return;
    expect(errorOf(lines.slice(0, -1).join("\n"))).toEqual(errorOf(answer.body));
    expect(again?.request.form).toEqual(entry.request.form);
    expect(again?.error).toBe(entry.error);
    // What steers a terminal is not printed.
    expect(command.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});
