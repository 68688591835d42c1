import { ConfigurationError } from "@credicorp/oauth-core";

import { canReplay } from "../requests/api-call.ts";
import type { ClientView } from "../requests/client-view.ts";
import type { AuthorizationHeaders } from "../requests/request-authorization.ts";

/** What an axios adapter is given, as far as it concerns a token. */
export interface AxiosConfigLike {
  readonly url?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly allowAbsoluteUrls?: boolean | undefined;
  readonly method?: string | undefined;
  readonly data?: unknown;
  readonly headers: { readonly set: (name: string, value: string) => unknown };
  readonly signal?: unknown;
  readonly beforeRedirect?: unknown;
}

/** What an axios adapter answers. */
export interface AxiosResponseLike {
  readonly status: number;
  readonly headers: unknown;
}

/** An axios adapter: sends one request whose data is in its last form. */
export type AxiosAdapterLike<Config, Answer> = (config: Config) => Promise<Answer>;

/**
 * Makes an adapter that adds the access token and leaves the sending to another adapter.
 *
 * Requests to origins that may not see the token fail, and so do those for which there is none: nothing is sent without.
 * After `401 invalid_token` a request is repeated once with a new token, if its body can be sent again; what axios has
 * made of the data is sent again as it is. Redirects of a request with a DPoP proof are not followed.
 */
export function createAuthAdapter<Config extends AxiosConfigLike, Answer extends AxiosResponseLike>(
  view: Pick<ClientView, "authorize">,
  adapter: AxiosAdapterLike<Config, Answer>,
): AxiosAdapterLike<Config, Answer> {
  return async (config) => {
    const { method = "GET", data } = config;
    const url = readUrl(config);
    const signal = config.signal instanceof AbortSignal ? config.signal : undefined;
    const { origin } = new URL(url);
    const request = { method: method.toUpperCase(), url };
    for (let attempt = await view.authorize(request, signal && { signal }); ;) {
      const sent = authorizeConfig(config, attempt.headers, origin);
      const { response, given } = await settle(adapter(sent), config);
      if (response === undefined || wasRedirected(response, origin)) return given;
      const next = await attempt.next({
        status: response.status,
        header: (name) => readField(response.headers, name),
        canRepeat: canReplay(data),
      });
      if (next === undefined) return given;
      discard(response);
      attempt = next;
    }
  };
}

/** Copies a configuration with the token in it: the caller's own must not have one, for errors print it. */
function authorizeConfig<Config extends AxiosConfigLike>(
  config: Config,
  authorization: AuthorizationHeaders,
  origin: string,
): Config {
  const prototype: object = Object.getPrototypeOf(config.headers);
  const headers: Config["headers"] = Object.assign(Object.create(prototype), config.headers);
  for (const [name, value] of Object.entries(authorization)) headers.set(name, value);
  return {
    ...config,
    headers,
    beforeRedirect: keepAtOrigin(config, origin),
    // A proof is for one address; axios tells of the redirect as of any status that is no success.
    ...(authorization.dpop !== undefined && { maxRedirects: 0 }),
  };
}

/** An answer, which axios may have made an error of because of its status. */
interface Outcome<Answer> {
  readonly response: AxiosResponseLike | undefined;

  /** Has the answer or the error, as axios gave it. */
  readonly given: Promise<Answer>;
}

async function settle<Answer extends AxiosResponseLike>(
  given: Promise<Answer>,
  config: AxiosConfigLike,
): Promise<Outcome<Answer>> {
  try {
    const response = await given;
    Object.assign(response, { config });
    return { response, given };
  } catch (error) {
    if (!(error instanceof Error)) return { response: undefined, given };
    if ("config" in error) Object.assign(error, { config });
    const { response } = error as { readonly response?: AxiosResponseLike };
    if (response !== undefined) Object.assign(response, { config });
    return { response, given };
  }
}

/** Frees the connection of an answer that nobody will read, where it is a stream. */
function discard(response: object): void {
  const { data } = response as { readonly data?: { readonly destroy?: unknown } | null };
  if (typeof data?.destroy === "function") data.destroy();
}

/** Finds out where axios sends a request, which joins paths in a way of its own. */
function readUrl({ url = "", baseURL, allowAbsoluteUrls }: AxiosConfigLike): string {
  const isAbsolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url);
  if (isAbsolute && allowAbsoluteUrls !== false) return new URL(url, baseURL).href;
  if (baseURL === undefined) {
    throw new ConfigurationError("baseURL", "The request of axios has no origin", {
      hint: "Give axios.create the baseURL of the partner API.",
    });
  }
  return url === "" ? baseURL : `${baseURL.replace(/\/?\/$/, "")}/${url.replace(/^\/+/, "")}`;
}

/** Some versions of what axios follows redirects with keep the header on the way to a subdomain. */
function keepAtOrigin(
  { beforeRedirect }: AxiosConfigLike,
  origin: string,
): (options: RedirectOptions, ...more: readonly unknown[]) => void {
  return (options, ...more) => {
    if (new URL(options.href).origin !== origin) {
      for (const name of Object.keys(options.headers)) {
        if (/^(?:authorization|dpop)$/i.test(name)) delete options.headers[name];
      }
    }
    if (typeof beforeRedirect === "function") beforeRedirect(options, ...more);
  };
}

interface RedirectOptions {
  readonly href: string;
  readonly headers: Record<string, unknown>;
}

/** The adapter of Node says where an answer came from; the one over `fetch` drops the token by itself. */
function wasRedirected(response: object, origin: string): boolean {
  const { request } = response as {
    readonly request?: { readonly res?: { responseUrl?: string } };
  };
  const url = request?.res?.responseUrl;
  return url !== undefined && new URL(url).origin !== origin;
}

function readField(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const value = (headers as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
}
