import type { FaultRule, Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { createSandboxDispatcher } from "@credicorp/oauth-mock-server/undici";
import { onTestFinished } from "vitest";

import { tokenRequest } from "./requests.ts";

/** The ways to reach a sandbox. */
export const ways = ["over a socket", "without a port", "by a dispatcher"] as const;

/** One of {@link ways}. */
export type Way = (typeof ways)[number];

/** A sandbox that is reached in one way. */
export interface FaultSetting {
  readonly sandbox: Sandbox;

  /** A `fetch` that takes paths. */
  readonly send: (path: string, init?: RequestInit) => Promise<Response>;

  /** Asks for a token as `partner-basic`. */
  readonly askForToken: (
    fields?: Readonly<Record<string, string>>,
    init?: RequestInit,
  ) => Promise<Response>;
}

export const tokenPath = "/partner/v1/oauth/token";
export const jwksPath = "/.well-known/jwks.json";
export const metadataPath = "/.well-known/oauth-authorization-server";

/** Makes a sandbox with the rules given, reached in the way given. */
export async function setUpFaults(
  way: Way,
  rules: readonly FaultRule[] = [],
  options: SandboxOptions = {},
): Promise<FaultSetting> {
  const sandbox = await createSandbox({ additionalAlgorithms: [], ...options });
  onTestFinished(() => sandbox.close());
  if (way === "over a socket") await sandbox.listen();
  for (const rule of rules) sandbox.faults.add(rule);
  const send = createSend(sandbox, way);
  const client = sandbox.clients.get("partner-basic");
  return {
    sandbox,
    send,
    askForToken: (fields, init) => send(tokenPath, { ...tokenRequest(client, fields), ...init }),
  };
}

/** Makes a `fetch` that takes paths. */
function createSend(sandbox: Sandbox, way: Way): FaultSetting["send"] {
  if (way === "without a port") return sandbox.fetch;
  const dispatcher = way === "by a dispatcher" && createSandboxDispatcher(sandbox);
  return (path, init) =>
    fetch(sandbox.issuer + path, { ...init, ...(dispatcher && { dispatcher }) } as RequestInit);
}

/** What a caller of `fetch` sees. */
export type Seen =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
    }
  | { readonly kind: "no answer" | "broken body"; readonly error: Error };

/** Sends, reads, and says what was seen. */
export async function see(sending: Promise<Response>): Promise<Seen> {
  let response: Response;
  try {
    response = await sending;
  } catch (error) {
    return { kind: "no answer", error: error as Error };
  }
  try {
    const { status, headers } = response;
    return { kind: "answer", status, headers, text: await response.text() };
  } catch (error) {
    return { kind: "broken body", error: error as Error };
  }
}

/** Sees an answer with a JSON object. */
export async function seeJson(sending: Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await sending).json()) as Record<string, unknown>;
}

/** Reads a segment of a token, unverified. */
export function readSegment(token: unknown, index: 0 | 1): Record<string, unknown> {
  const segment = String(token).split(".")[index] ?? "";
  return JSON.parse(Buffer.from(segment, "base64url").toString("utf8"));
}

/** No budget ends a long test. */
export const unlimited: SandboxOptions = { limits: { token: null, address: null } };

/** Which of `count` token requests, one after the other, a rule hits. */
export async function hitsOf(setting: FaultSetting, count: number): Promise<string> {
  let seen = "";
  for (let turn = 0; turn < count; turn += 1) {
    seen += (await setting.askForToken()).status === 200 ? "." : "x";
  }
  return seen;
}
