import { AbortedError, ConfigurationError } from "@credicorp/oauth-core/errors";

import type { ClientEngine } from "./client-engine.ts";
import type { ServerCalls } from "./endpoints/server-calls.ts";
import type { Subscribe } from "./events/client-events.ts";
import { createClientListeners } from "./events/client-events.ts";
import { createLazyView } from "./lazy-view.ts";
import type { OAuthClientOptions } from "./options/client-options.ts";
import { readSettings } from "./options/client-settings.ts";
import { readStoreSecret } from "./options/store-settings.ts";
import { isBrowser, isWorkers } from "./platform/browser.ts";
import type { ClientView } from "./requests/client-view.ts";
import { ownSettings } from "./requests/view-settings.ts";
import type { ClientExplanation } from "./tokens/token-source.ts";

/** A client of the partner API. All its functions may be destructured. */
export interface OAuthClient extends ClientView, ServerCalls, AsyncDisposable {
  /** Calls a listener for every later event of a type, until the returned function is called. */
  readonly on: Subscribe;

  /**
   * Says for each scope and resource that was asked for why the last token was served, how old it is, when it is
   * refreshed, and what went wrong last. Plain data, without a token, a secret or the client id.
   */
  readonly explain: () => readonly ClientExplanation[];

  /** Aborts what is in flight to the authorization server; later calls are refused. Calls of the API go on. */
  readonly close: () => Promise<void>;
}

/**
 * Creates a client of the partner API. Nothing is sent until the first call.
 *
 * @throws {@link ConfigurationError} when an option is wrong, and in a browser, where a secret is none.
 */
export function createOAuthClient(options: OAuthClientOptions): OAuthClient {
  refuseBrowser();
  const settings = readSettings(options);
  const own = ownSettings(settings);
  const getStoreSecret = options.store && readStoreSecret(options);
  const { subscribe, listenersOf } = createClientListeners();
  const sharing = options.sharing ?? (isWorkers(globalThis) ? "value" : "promise");
  let engine: ClientEngine | undefined;
  let loading: Promise<ClientEngine> | undefined;
  let isClosed = false;

  // The checks above and the listeners are all that a client needs before its first call.
  async function load(): Promise<ClientEngine> {
    if (isClosed && engine === undefined) throw new AbortedError("The client was closed");
    // What a runtime loads it keeps. The promise is one more thing that callers may or may not share.
    return sharing === "value" ? loadIt() : (loading ??= loadIt());
  }

  async function loadIt(): Promise<ClientEngine> {
    const { loadEngine } = await import("./load-engine.ts");
    const made = await loadEngine({ options, settings, own, listenersOf, getStoreSecret, sharing });
    engine ??= made;
    if (isClosed) engine.close();
    return engine;
  }

  async function close(): Promise<void> {
    isClosed = true;
    engine?.close();
  }

  return {
    ...createLazyView({ loaded: () => engine, load }, own),
    introspect: async (token, callOptions) => (await load()).introspect(token, callOptions),
    revoke: async (token, callOptions) => (await load()).revoke(token, callOptions),
    discover: async () => (await load()).discover(),
    on: subscribe,
    explain: () => engine?.explain() ?? [],
    close,
    [Symbol.asyncDispose]: close,
  };
}

function refuseBrowser(): void {
  if (!isBrowser(globalThis)) return;
  throw new ConfigurationError("clientSecret", "A client secret must not be used in a browser", {
    hint: "Whoever opens the page can read it. Call the partner API from your server.",
    reference: "RFC 6749 section 2.1",
  });
}
