import type { Sandbox } from "@credicorp/oauth-mock-server";

/** JSON of any shape: what is in it, the tests say. */
export type AdminValue = ReturnType<typeof JSON.parse>;

/** A call of the admin API, as another program would make it; a body that is a text is sent as it is. */
export type AdminCall = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly value: AdminValue }>;

/** What is called, and by which token. */
export interface AdminTarget {
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>;
  readonly url: string;
  readonly token: string;
}

/** Returns calls of an admin API, with its token. */
export function adminCall({ fetch: send, url, token }: AdminTarget): AdminCall {
  return async (method, path, body) => {
    const response = await send(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      value: isJson ? JSON.parse(text) : text,
    };
  };
}

/** Calls the admin API of a sandbox without a port. */
export function adminOf(sandbox: Sandbox): AdminCall {
  return adminCall({ fetch: sandbox.fetch, url: sandbox.adminUrl, token: sandbox.adminToken });
}
