import type { ClientEngine } from "./client-engine.ts";
import type { ClientView } from "./requests/client-view.ts";
import type { ViewSettings } from "./requests/view-settings.ts";
import { narrowView } from "./requests/view-settings.ts";

/** The engine of a client, which is loaded by the first call. */
export interface LazyEngine {
  readonly loaded: () => ClientEngine | undefined;

  /** @throws {@link AbortedError} when the client was closed before. */
  readonly load: () => Promise<ClientEngine>;
}

/** Makes a view whose first call loads the engine; the later ones go straight to it. */
export function createLazyView(engine: LazyEngine, settings: ViewSettings): ClientView {
  let view: ClientView | undefined;

  function peekView(): ClientView | undefined {
    return (view ??= engine.loaded()?.createView(settings));
  }

  async function getView(): Promise<ClientView> {
    return (view ??= (await engine.load()).createView(settings));
  }

  return {
    fetch: (input, init) =>
      view === undefined
        ? getView().then(({ fetch }) => fetch(input, init))
        : view.fetch(input, init),
    getToken: (options) =>
      view === undefined
        ? getView().then(({ getToken }) => getToken(options))
        : view.getToken(options),
    tryGetToken: async (options) => (await getView()).tryGetToken(options),
    peekToken: () => peekView()?.peekToken(),
    authorize: (request, options) =>
      view === undefined
        ? getView().then(({ authorize }) => authorize(request, options))
        : view.authorize(request, options),
    authorizationHeaders: async (request, options) =>
      (await getView()).authorizationHeaders(request, options),
    with: (options) => createLazyView(engine, narrowView(settings, options)),
  };
}
