import type { ClientView } from "@credicorp/oauth-client";
import type { KyInstance, Options } from "ky";
import ky from "ky";

/** Makes a ky that carries the access token. It hands over a `Request`, whose body is not sent again after a 401. */
export function createKy(client: ClientView, options: Options): KyInstance {
  return ky.create({ ...options, fetch: client.fetch });
}
