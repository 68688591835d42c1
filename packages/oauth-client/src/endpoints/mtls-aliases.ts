import { ok } from "@credicorp/oauth-core";

import type { Discovery } from "./discovery.ts";

/**
 * Puts the endpoints for clients with certificates in the place of the others, where the metadata names them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8705#section-5 | RFC 8705 section 5}
 */
export function withMtlsAliases(discover: Discovery): Discovery {
  return async () => {
    const metadata = await discover();
    return metadata.ok
      ? ok({ ...metadata.value, ...metadata.value.mtlsEndpointAliases })
      : metadata;
  };
}
