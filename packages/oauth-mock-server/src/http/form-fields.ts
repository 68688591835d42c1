import type { ServerRequest } from "@credicorp/oauth-core";
import { singleHeaderValue } from "@credicorp/oauth-core";
import type { FormFields } from "@credicorp/oauth-core/protocol";
import { formMediaType, parseForm } from "@credicorp/oauth-core/protocol";

const maxFields = 200;

/** Returns the parameters of a form; `undefined` when the body is none, or cannot be read. */
export function readFormFields({
  headers,
  body,
}: Pick<ServerRequest, "headers" | "body">): FormFields | undefined {
  const type = singleHeaderValue(headers, "content-type") ?? "";
  if (!type.toLowerCase().startsWith(formMediaType)) return undefined;
  const form = parseForm(body, { maxBytes: Infinity, maxFields });
  return form.ok ? form.value : undefined;
}
