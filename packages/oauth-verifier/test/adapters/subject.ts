import { request as send } from "node:http";

import type { Principal, Verifier } from "@credicorp/oauth-verifier";

/** The scopes of the API that every adapter serves. */
export type ApiScope = "applications:write" | "decisions:read";

/** What the API does with guarded requests, told to the test. */
export interface ApiHooks {
  /** Runs for each request that a guard let pass. */
  readonly onHandled: () => void;

  /** Whether the log learnt why a request was refused. */
  readonly onRefusal: (code: string) => void;
}

/**
 * One adapter, serving the same API as the others:
 *
 * - `GET /decisions` and `GET /v1/decisions` ask for `decisions:read`, `GET /any` for a good token; they answer with
 *   {@link describePrincipal}. The one beneath `/v1` is mounted there, as the framework does that.
 * - `GET /open` asks for nothing, `GET /broken` throws once it was let pass.
 * - The resource's metadata is served.
 */
export interface Subject {
  readonly name: string;

  /** Standard `Headers` join what was repeated before anybody sees it. */
  readonly joinsFields?: boolean;

  /** Listens on a free port of the loopback interface and ends with the test. */
  readonly start: (verifier: Verifier<ApiScope>, hooks: ApiHooks) => Promise<number>;
}

/** What a guarded route answers with. */
export function describePrincipal({ clientId, scope }: Principal): object {
  return { client: clientId, scope };
}

/** A request as it goes over the wire: fields may be repeated. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** An answer; names of fields are in lower case, repeated ones are joined. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Sends a request as it is. */
export async function exchange(port: number, raw: RawRequest): Promise<RawResponse> {
  const { method = "GET", path, headers = [] } = raw;
  const fields = [["Host", "api.example"], ["Connection", "close"], ...headers].flat();
  return new Promise((resolve, reject) => {
    const request = send({ host: "127.0.0.1", port, method, path, headers: fields });
    request.once("error", reject);
    request.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.once("error", reject);
      response.once("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: joinFields(response.rawHeaders),
          body,
        });
      });
    });
    request.end();
  });
}

function joinFields(rawHeaders: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value;
  }
  return fields;
}
