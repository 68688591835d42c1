import { ConfigurationError } from "@credicorp/oauth-core";

/** A call of the partner API, taken apart so that it can be sent, and sent again. */
export interface ApiCall {
  readonly method: string;
  readonly url: string;
  readonly init: RequestInit;

  /** Names in lower case, `authorization` left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;

  /** Whether the body can be sent a second time. */
  readonly canReplay: boolean;
}

/** Where calls may go. */
export interface ApiAddress {
  /** Paths are resolved against it. */
  readonly origin: string;
  readonly allowedOrigins: ReadonlySet<string>;
}

/**
 * Reads the arguments of a `fetch`.
 *
 * @throws {@link ConfigurationError} when the token must not go where the call goes.
 */
export function readApiCall(
  input: string | URL | Request,
  init: RequestInit | undefined,
  address: ApiAddress,
): ApiCall {
  // A Request is told by its address: a URL of another realm is no `URL` here, and to a fetch whatever is no Request is text.
  if (typeof input === "string" || !("url" in input)) {
    const url = resolveUrl(input, address);
    return {
      method: init?.method ?? "GET",
      url,
      init: init ?? {},
      headers: readHeaders(init?.headers),
      signal: init?.signal ?? undefined,
      canReplay: canReplay(init?.body),
    };
  }
  const url = resolveUrl(input.url, address);
  const body = init?.body ?? input.body;
  return {
    method: init?.method ?? input.method,
    url,
    init: {
      ...readRequest(input),
      ...withoutUndefined(init ?? {}),
      ...(body !== null && { body, duplex: "half" }),
    },
    headers: readHeaders(init?.headers ?? input.headers),
    // As a fetch does: `null` takes the signal of the Request away.
    signal: init?.signal === undefined ? input.signal : (init.signal ?? undefined),
    canReplay: canReplay(body),
  };
}

/**
 * Resolves an address of the partner API.
 *
 * @throws {@link ConfigurationError} when its origin may not see the token.
 */
export function resolveUrl(input: string | URL, { origin, allowedOrigins }: ApiAddress): string {
  // The rest of such a text is path, whatever it holds: there is no need to parse it.
  if (typeof input === "string" && input.startsWith(`${origin}/`)) return input;
  let url: URL;
  try {
    url = new URL(input, origin);
  } catch {
    throw new ConfigurationError("url", "The address of the call is not a URL");
  }
  if (!allowedOrigins.has(url.origin)) {
    throw new ConfigurationError(
      "allowedOrigins",
      `The access token may not be sent to ${url.origin === "null" ? url.protocol : url.origin}; nothing was sent`,
      {
        hint: "If this origin belongs to the partner API, list it in allowedOrigins; otherwise use a fetch of your own for it.",
      },
    );
  }
  return url.href;
}

/** Reads what a `Request` says beside its address, headers, body and signal; some runtimes know less of it. */
function readRequest(request: Request): RequestInit {
  return withoutUndefined({
    method: request.method,
    redirect: request.redirect,
    integrity: request.integrity,
    keepalive: request.keepalive,
    cache: request.cache,
    credentials: request.credentials,
    mode: request.mode,
    referrer: request.referrer,
    referrerPolicy: request.referrerPolicy,
  });
}

/** To a `fetch` an undefined member is an absent one; spread over a `Request`, it would take its place. */
function withoutUndefined(init: object): RequestInit {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined));
}

/** Reads header fields in each of the forms that a `fetch` takes; repeated ones are joined, as it does. */
function readHeaders(headers: RequestInit["headers"]): ApiCall["headers"] {
  if (headers === undefined) return {};
  const entries = Symbol.iterator in headers ? headers : Object.entries(headers);
  // No prototype: `__proto__` is a name like any other.
  const fields = Object.create(null) as Record<string, string>;
  for (const [name = "", value = ""] of entries) {
    const key = name.toLowerCase();
    const text = String(value);
    if (key !== "authorization") fields[key] = key in fields ? `${fields[key]}, ${text}` : text;
  }
  return fields;
}

const replayable = new Set(["ArrayBuffer", "Blob", "File", "FormData", "URLSearchParams"]);

/**
 * Tells whether a body can be sent a second time.
 *
 * Classes are told by their names: there may be several of one name, Node's and undici's, and to name one loads it.
 */
export function canReplay(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === "string") return true;
  return (
    ArrayBuffer.isView(body) || replayable.has(Object.prototype.toString.call(body).slice(8, -1))
  );
}
