import type { ServerRequest } from "@credicorp/oauth-core";
import { headerValues } from "@credicorp/oauth-core";
import { parseClientAssertion } from "@credicorp/oauth-core/jwt";
import { parseAuthorization, parseBasicCredentials } from "@credicorp/oauth-core/protocol";
import { bytes } from "@credicorp/oauth-runtime";

import { readFormFields } from "./form-fields.ts";

/**
 * Returns the client ids that a request names, wherever it does: by Basic, in its body, as the subject of its assertion.
 * Nothing of it has been proven.
 */
export function namedClients(request: Pick<ServerRequest, "headers" | "body">): readonly string[] {
  const named = headerValues(request.headers, "authorization").flatMap((value) => {
    const authorization = parseAuthorization(value);
    if (!authorization.ok || authorization.value.scheme !== "basic") return [];
    const basic = parseBasicCredentials(authorization.value.credentials);
    return basic.ok ? [basic.value.clientId] : [];
  });
  for (const [name, value] of readFormFields(request) ?? []) {
    if (name === "client_id") named.push(value);
    if (name !== "client_assertion") continue;
    const assertion = parseClientAssertion(value, bytes);
    if (assertion.ok) named.push(assertion.value.claims.subject);
  }
  return named;
}
