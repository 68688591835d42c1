import type { MaybePromise, Result, Sleep } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import { formatBasicCredentials } from "@credicorp/oauth-core/protocol";
import type {
  IntrospectionCredentials,
  IntrospectionOutage,
} from "@credicorp/oauth-core/resource-server";

import type { CheckedIntrospectionOptions, IntrospectionCall } from "./introspection-options.ts";

/** Makes the proof for one request; never rejects, and takes no longer than it may. */
export async function proveResourceServer(
  call: IntrospectionCall,
  options: Pick<CheckedIntrospectionOptions, "clientSecret" | "authenticate">,
  bound: { readonly timeoutMs: number; readonly sleep: Sleep },
): Promise<Result<IntrospectionCredentials, IntrospectionOutage>> {
  const settled = new AbortController();
  const made = Promise.resolve()
    .then(() => prove(call, options))
    .then(ok, () => failed({ code: "client_authentication_failed" }));
  const late = bound
    .sleep(bound.timeoutMs, settled.signal)
    .then(() => failed({ code: "client_authentication_timeout" }));
  const result = await Promise.race([made, late]);
  settled.abort();
  return result;
}

function prove(
  call: IntrospectionCall,
  {
    clientSecret,
    authenticate,
  }: Pick<CheckedIntrospectionOptions, "clientSecret" | "authenticate">,
): MaybePromise<IntrospectionCredentials> {
  if (authenticate !== undefined) return checkCredentials(authenticate(call));
  return useSecret(call.clientId, clientSecret);
}

async function useSecret(
  clientId: string,
  source: CheckedIntrospectionOptions["clientSecret"],
): Promise<IntrospectionCredentials> {
  const clientSecret: unknown = typeof source === "function" ? await source() : source;
  if (typeof clientSecret !== "string" || clientSecret === "") {
    throw new TypeError("The secret must be a text");
  }
  return { headers: [["Authorization", formatBasicCredentials({ clientId, clientSecret })]] };
}

async function checkCredentials(
  given: MaybePromise<IntrospectionCredentials>,
): Promise<IntrospectionCredentials> {
  const credentials: unknown = await given;
  if (typeof credentials !== "object" || credentials === null) {
    throw new TypeError("A proof must be an object");
  }
  return credentials;
}
