import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server has seen. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly dpop: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string | undefined;
  readonly form: URLSearchParams;
  readonly body: string;
}

/** An answer in place of the usual one. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Record<string, unknown>;
  readonly delayMs?: number;

  /** Drop the connection instead. */
  readonly reset?: boolean;
}

/** Gives an answer, or `undefined` for the usual one. */
export type Script = (request: SeenRequest) => Answer | undefined;

/** A token endpoint and a protected resource, on one origin, that do as they are told. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: SeenRequest[];

  /** The token requests among `seen`. */
  readonly tokenRequests: () => readonly SeenRequest[];

  /** The calls of the API among `seen`. */
  readonly apiCalls: () => readonly SeenRequest[];

  /** Tokens that the API accepts. */
  readonly validTokens: Set<string>;
  readonly script: {
    token?: Script;
    api?: Script;
    metadata?: Script;
    introspect?: Script;
    revoke?: Script;
  };

  /** Members of every token answer. */
  readonly tokenMembers: Record<string, unknown>;
}

/** Starts a server on a free port of this machine; `tokenDelayMs` is how long the token endpoint thinks. */
export async function startTestServer(
  options: { tokenDelayMs?: number } = {},
): Promise<TestServer> {
  const { tokenDelayMs = 0 } = options;
  const seen: SeenRequest[] = [];
  const validTokens = new Set<string>();
  const script: TestServer["script"] = {};
  const tokenMembers: Record<string, unknown> = { token_type: "Bearer", expires_in: 900 };
  let count = 0;

  function answerToken(request: SeenRequest): Answer {
    const special = script.token?.(request);
    if (special !== undefined) return special;
    const token = `access-token-${(count += 1)}`;
    validTokens.add(token);
    return { body: { access_token: token, ...tokenMembers }, delayMs: tokenDelayMs };
  }

  function answer(request: SeenRequest, url: string): Answer {
    switch (request.path) {
      case "/.well-known/oauth-authorization-server":
        return script.metadata?.(request) ?? { body: metadataOf(url) };
      case "/partner/v1/oauth/token":
        return answerToken(request);
      case "/partner/v1/oauth/introspect": {
        const active = validTokens.has(request.form.get("token") ?? "");
        return script.introspect?.(request) ?? { body: { active } };
      }
      case "/partner/v1/oauth/revoke":
        validTokens.delete(request.form.get("token") ?? "");
        return script.revoke?.(request) ?? { body: "" };
      default: {
        const special = script.api?.(request);
        if (special !== undefined) return special;
        const token = request.authorization?.replace(/^Bearer /, "") ?? "";
        if (validTokens.has(token)) return { body: { path: request.path, received: request.body } };
        return {
          status: 401,
          headers: { "www-authenticate": 'Bearer realm="api", error="invalid_token"' },
          body: { title: "rejected" },
        };
      }
    }
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message);
    seen.push(request);
    await sendAnswer(answer(request, url), response);
  }

  const server = createServer((message, response) => void serve(message, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const of = (path: string): SeenRequest[] => seen.filter((request) => request.path === path);
  return {
    url,
    seen,
    tokenRequests: () => of("/partner/v1/oauth/token"),
    apiCalls: () => seen.filter(({ path }) => !/\/oauth\/|\.well-known/.test(path)),
    validTokens,
    script,
    tokenMembers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the server says of itself. */
export function metadataOf(url: string): Record<string, unknown> {
  return {
    issuer: url,
    token_endpoint: `${url}/partner/v1/oauth/token`,
    introspection_endpoint: `${url}/partner/v1/oauth/introspect`,
    revocation_endpoint: `${url}/partner/v1/oauth/revoke`,
  };
}

async function readRequest(message: IncomingMessage): Promise<SeenRequest> {
  let body = "";
  for await (const chunk of message.setEncoding("utf8")) body += chunk;
  const { authorization } = message.headers;
  return {
    method: message.method ?? "",
    path: message.url ?? "",
    authorization,
    dpop: message.headers["dpop"]?.toString(),
    idempotencyKey: message.headers["idempotency-key"]?.toString(),
    contentType: message.headers["content-type"],
    form: new URLSearchParams(body),
    body,
  };
}

async function sendAnswer(answer: Answer, response: ServerResponse): Promise<void> {
  const { status = 200, headers = {}, body = "", delayMs = 0, reset = false } = answer;
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (reset) {
    response.destroy();
    return;
  }
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/html" : "application/json",
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}
