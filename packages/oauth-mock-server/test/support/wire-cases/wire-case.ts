import { basic } from "../requests.ts";

/** A sandbox, however it is reached. */
export interface Reached {
  /** A `fetch` that takes paths. */
  readonly send: (path: string, init?: RequestInit) => Promise<Response>;
  readonly secretOf: (clientId: string) => string;
}

/** A request by plain HTTP. */
export interface WireRequest {
  readonly path: string;

  /** @defaultValue `POST` with a form, else `GET` */
  readonly method?: string;
  readonly form?: string | Readonly<Record<string, string>>;

  /** The client that authenticates by Basic. */
  readonly as?: string;

  /** @defaultValue that of the client */
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request, and what is to be seen of its answer. */
export interface WireCase {
  /** Ids of requirements, and a sentence. */
  readonly title: string;
  readonly request: WireRequest | ((reached: Reached) => Promise<WireRequest>);
  readonly status: number;

  /** What a JSON body must have. */
  readonly body?: unknown;

  /** Fields that must be there, and what each contains. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Where the endpoints are. */
export const paths = {
  token: "/partner/v1/oauth/token",
  introspection: "/partner/v1/oauth/introspect",
  revocation: "/partner/v1/oauth/revoke",
  metadata: "/.well-known/oauth-authorization-server",
  jwks: "/.well-known/jwks.json",
} as const;

/** The form of a token request. */
export const grant = { grant_type: "client_credentials" } as const;

/** Sends a request. */
export function sendRequest({ send, secretOf }: Reached, request: WireRequest): Promise<Response> {
  const { path, form, as, headers } = request;
  const { method = form === undefined ? "GET" : "POST" } = request;
  const all = new Headers();
  if (form !== undefined) all.set("content-type", "application/x-www-form-urlencoded");
  if (as !== undefined) {
    const secret = request.secret ?? secretOf(as);
    all.set("authorization", basic({ id: as, secret }));
  }
  for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
  const body = typeof form === "object" ? new URLSearchParams(form).toString() : form;
  return send(path, { method, headers: all, ...(body !== undefined && { body }) });
}

/** Gets a token for a case that is about one. */
export async function obtainToken(reached: Reached, as: string): Promise<string> {
  const response = await sendRequest(reached, { path: paths.token, form: grant, as });
  const { access_token: token } = (await response.json()) as { readonly access_token?: string };
  if (token === undefined) throw new Error(`${as} got ${response.status} and no token`);
  return token;
}
