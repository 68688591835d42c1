import type { Dispatcher } from "undici";

import type { AuthorizationHeaders } from "../requests/request-authorization.ts";

type Headers = NonNullable<Dispatcher.DispatchOptions["headers"]>;
type FieldValue = string | string[] | undefined;

/** Adds the fields that authorise a request, in place of those of the same names, in any form that undici takes. */
export function withAuthorization(
  headers: Headers | null | undefined,
  authorization: AuthorizationHeaders,
): Headers {
  if (headers === undefined || headers === null) return { ...authorization };
  if (Symbol.iterator in headers) return addToList(headers, authorization);
  const merged: Record<string, FieldValue> = { ...headers };
  for (const name of Object.keys(merged)) {
    if (name.toLowerCase() in authorization) delete merged[name];
  }
  return Object.assign(merged, authorization) as Headers;
}

/** Writes names and values in turn, the form that undici reads fastest. */
function addToList(headers: Iterable<unknown>, authorization: AuthorizationHeaders): Headers {
  const list = [...headers];
  const pairs = (Array.isArray(list[0]) ? list : pairUp(list)) as [string, FieldValue][];
  return [...pairs, ...Object.entries(authorization)]
    .filter(([name], index) => index >= pairs.length || !(name.toLowerCase() in authorization))
    .flat(1) as string[];
}

function pairUp(list: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: list.length / 2 }, (_, index) =>
    list.slice(index * 2, index * 2 + 2),
  );
}
