import type { Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import { useOnce } from "../../stores/use-once.ts";
import type { AuthenticatedClient } from "./authenticate-client.ts";
import { invalidClient } from "./invalid-client.ts";
import { assertionUse } from "./verify-client-assertion.ts";

/**
 * Uses up the assertion of a client, if it sent one: of many requests with the same, exactly one gets through.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 | RFC 7523 section 3}
 */
export async function commitClientAssertion(
  { assertion }: Pick<AuthenticatedClient, "assertion">,
  { policy, ports }: Pick<ServerContext, "policy" | "ports">,
): Promise<Refusal | undefined> {
  if (assertion === undefined) return undefined;
  const use = await useOnce(await assertionUse(assertion, ports), ports.replayStore);
  return use === "first" ? undefined : invalidClient(policy.issuer, "assertion_replayed");
}
