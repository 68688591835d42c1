import type { Agent } from "node:https";
import { request } from "node:https";
import { TLSSocket } from "node:tls";

import type {
  Sandbox,
  SandboxClientConfiguration,
  SandboxOptions,
} from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { onTestFinished } from "vitest";

import type { TestAuthority, TestCertificate } from "./certificates.ts";
import { createAuthority, createSelfSigned } from "./certificates.ts";

/** Why requests were refused, in order. */
type Refusals = readonly string[];

/** A sandbox that listens with TLS, and an authority whose client certificates it believes. */
export interface TlsSetting {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly authority: TestAuthority;
  readonly server: TestCertificate;
  readonly refusals: Refusals;

  /** Registers the client `partner`. */
  readonly register: (client: Partial<SandboxClientConfiguration>) => Promise<void>;

  /** Sends a form, by default the token request of `partner`, over a connection of its own. */
  readonly send: (options?: TlsRequest) => Promise<TlsAnswer>;
}

export interface TlsRequest {
  readonly certificate?: TestCertificate | undefined;
  readonly path?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TlsAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;

  /** Whether the connection went on with the TLS session of an earlier one. */
  readonly isResumed: boolean;
}

export const tokenPath = "/partner/v1/oauth/token";
export const scope = ["decisions:read"];
export const apiClient: SandboxClientConfiguration = {
  id: "api",
  tokenEndpointAuthMethod: "client_secret_basic",
  secret: "api_Yk9vTz4XnW7mRc2BqP6gHd3sJf8uLa5e",
  grantTypes: [],
  mayIntrospect: true,
  scope,
};

export async function createTlsSetting(
  options: (authority: TestAuthority) => Partial<SandboxOptions> = () => ({}),
): Promise<TlsSetting> {
  const authority = await createAuthority("CN=Partners' authority");
  const server = await createSelfSigned({
    subject: "CN=localhost",
    names: [{ type: "ip", value: "127.0.0.1" }],
  });
  const refusals: string[] = [];
  const sandbox = await createSandbox({
    clients: [apiClient],
    tls: { ...server, clientCertificateAuthorities: [authority.cert] },
    audit: (event) => {
      if (event.type === "request_refused") refusals.push(event.why);
    },
    ...options(authority),
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();

  return {
    sandbox,
    url,
    authority,
    server,
    refusals,
    register: async (client) => {
      await sandbox.clients.create({
        id: "partner",
        tokenEndpointAuthMethod: "tls_client_auth",
        scope,
        ...client,
      });
    },
    send: (sent = {}) => sendForm(url, { ...sent, authority: server.cert }),
  };
}

/** Posts a form over TLS, on a new connection; without an agent, no session is resumed. */
export function sendForm(
  url: string,
  options: TlsRequest & { readonly authority: string; readonly agent?: Agent },
): Promise<TlsAnswer> {
  const { certificate, path = tokenPath, form, headers, authority, agent = false } = options;
  const fields = form ?? { grant_type: "client_credentials", client_id: "partner" };
  const body = new URLSearchParams(fields).toString();
  return new Promise((resolve, reject) => {
    const sent = request(url + path, {
      method: "POST",
      ca: authority,
      cert: certificate?.cert,
      key: certificate?.key,
      agent,
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const { socket } = response;
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        const json = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
        const isResumed = socket instanceof TLSSocket && socket.isSessionReused();
        resolve({ status: response.statusCode ?? 0, json, isResumed });
      });
    });
    sent.end(body);
  });
}

/** Returns the claims of a token, without looking at its signature. */
export function claimsOf({ json }: Pick<TlsAnswer, "json">): Readonly<Record<string, unknown>> {
  const [, payload = ""] = String(json["access_token"]).split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
}
