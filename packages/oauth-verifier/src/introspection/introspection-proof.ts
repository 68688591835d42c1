import type { MaybePromise, Result, Sleep } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import { formatBasicCredentials } from "@credicorp/oauth-core/protocol";
import type {
  IntrospectionCredentials,
  IntrospectionOutage,
} from "@credicorp/oauth-core/resource-server";

import type {
  CheckedIntrospectionOptions,
  IntrospectionCall,
} from "../options/introspection-options.ts";

/** Makes the proof for one request; never rejects, and takes no longer than it may. */
export type ProveResourceServer = (
  call: IntrospectionCall,
  timeoutMs: number,
) => MaybePromise<Result<IntrospectionCredentials, IntrospectionOutage>>;

/** A secret that stays is proven by the same field each time; all else is made anew. */
export function createResourceServerProof(
  options: Pick<CheckedIntrospectionOptions, "clientId" | "clientSecret" | "authenticate">,
  sleep: Sleep,
): ProveResourceServer {
  const { clientId, clientSecret, authenticate } = options;
  if (typeof clientSecret === "string") {
    const constant = ok(basicCredentials(clientId, clientSecret));
    return () => constant;
  }
  const prove = async (call: IntrospectionCall): Promise<IntrospectionCredentials> =>
    authenticate === undefined
      ? basicCredentials(clientId, await clientSecret?.())
      : checkCredentials(await authenticate(call));

  return async (call, timeoutMs) => {
    const settled = new AbortController();
    const made = prove(call).then(ok, () => failed({ code: "client_authentication_failed" }));
    const late = sleep(timeoutMs, settled.signal).then(() =>
      failed({ code: "client_authentication_timeout" }),
    );
    const result = await Promise.race([made, late]);
    settled.abort();
    return result;
  };
}

function basicCredentials(clientId: string, clientSecret: unknown): IntrospectionCredentials {
  if (typeof clientSecret !== "string" || clientSecret === "") {
    throw new TypeError("The secret must be a text");
  }
  return { headers: [["Authorization", formatBasicCredentials({ clientId, clientSecret })]] };
}

function checkCredentials(credentials: unknown): IntrospectionCredentials {
  if (typeof credentials !== "object" || credentials === null) {
    throw new TypeError("A proof must be an object");
  }
  return credentials;
}
