import type { RateLimit } from "@credicorp/oauth-core";
import type { ClientRecord, ServerPolicy } from "@credicorp/oauth-core/authorization-server";

import type { ViewContext } from "../journal/entry-view.ts";
import { lookAtRequests } from "../journal/entry-view.ts";
import { namedClients } from "../http/named-client.ts";
import type { Charge, RecordedRequest } from "../journal/recorded.ts";
import type { Facts, History } from "./facts.ts";
import { readJwts } from "./jwt-facts.ts";
import { findSecret } from "./secret-finding.ts";
import { findSimilarName } from "../spelling/similar-name.ts";

/** What the sandbox knows beside the request. */
export interface FactSources extends ViewContext {
  readonly policy: ServerPolicy;

  /** All that are registered now. */
  readonly clients: readonly ClientRecord[];

  /** What counts towards a budget, from the youngest to the oldest. */
  readonly chargesNewestFirst: () => Iterable<Charge>;
}

/** Finds out about a request all that an explanation may need; what it shows itself stays behind. */
export async function gatherFacts(recorded: RecordedRequest, sources: FactSources): Promise<Facts> {
  const { request, client, event } = recorded;
  const { policy, clients } = sources;
  const entry = lookAtRequests(sources)(recorded);
  const ids = clients.map(({ id }) => id);
  const stranger = namedClients(request).find((id) => !ids.includes(id));
  return {
    entry,
    now: event?.at ?? recorded.at,
    policy,
    client,
    secret: await findSecret(request, client, clients),
    similarClientId: stranger === undefined ? undefined : findSimilarName(stranger, ids),
    ...readJwts(request, policy),
    history: () => readHistory(recorded, sources),
  };
}

function readHistory(
  { at, sequence, event, client, request }: RecordedRequest,
  { policy, chargesNewestFirst }: FactSources,
): History {
  const why = event?.type === "request_refused" ? event.why : undefined;
  const limit: RateLimit | null =
    why === "client_budget_spent"
      ? (client?.tokenLimit ?? policy.limits.token)
      : policy.limits.failedAuthentication;
  const windowSeconds = limit?.windowSeconds ?? 60;
  const [name] = namedClients(request);
  let [tokensIssued, failures] = [0, 0];
  for (const charge of chargesNewestFirst()) {
    if (charge.sequence >= sequence || charge.at < at - windowSeconds) continue;
    if (charge.issuedTo !== undefined) {
      if (charge.issuedTo === client?.id) tokensIssued += 1;
      continue;
    }
    const other = charge.readRequest();
    const isAlike = other.peer.address === request.peer.address;
    // A failure is charged to the id that was named, be there such a client or not.
    if (isAlike && namedClients(other)[0] === name) failures += 1;
  }
  return { windowSeconds, tokensIssued, failures };
}
