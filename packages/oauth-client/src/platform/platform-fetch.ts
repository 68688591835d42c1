import type { SecureContext } from "node:tls";

import { isNode } from "./browser.ts";
import type { Fetch } from "../options/client-options.ts";

/**
 * Makes the default `fetch`: undici's on Node, the platform's elsewhere.
 *
 * undici is loaded by the first call, because importing it takes longer than all the rest of this package.
 */
export function createPlatformFetch(): Fetch {
  if (!isNode(globalThis)) return (input, init) => globalThis.fetch(input, init);
  let loading: Promise<Fetch> | undefined;
  let loaded: Fetch | undefined;
  return async (input, init) => {
    loaded ??= await (loading ??= loadUndici());
    return loaded(input, init);
  };
}

/** A `fetch` over connections of its own. */
export interface ConnectedFetch {
  readonly fetch: Fetch;

  /** Lets what is in flight end, and then its connections. */
  readonly close: () => Promise<void>;
}

/** Makes a `fetch` whose connections show a certificate. */
export async function connectWithCertificate(
  secureContext: SecureContext,
): Promise<ConnectedFetch> {
  const { Agent } = await import("undici");
  const dispatcher = new Agent({ connect: { secureContext } });
  const send = await loadUndici();
  return {
    fetch: (input, init) => send(input, { ...init, dispatcher } as unknown as RequestInit),
    close: () => dispatcher.close(),
  };
}

async function loadUndici(): Promise<Fetch> {
  const { fetch } = await import("undici");
  const send = fetch as unknown as Fetch;
  return (input, init) =>
    init?.body instanceof FormData
      ? withOwnBody(init, init.body).then((own) => send(input, own))
      : send(input, init);
}

/** undici knows the classes of its own copy only: of Node's `FormData` it would send `[object FormData]`. */
async function withOwnBody(init: RequestInit, body: FormData): Promise<RequestInit> {
  const encoded = new Response(body);
  const headers = new Headers(init.headers);
  headers.set("content-type", encoded.headers.get("content-type") ?? "multipart/form-data");
  return { ...init, headers, body: await encoded.arrayBuffer() };
}
