import type { InactiveReason, RefusalReason } from "@credicorp/oauth-core/authorization-server";

import type { RequestEntry } from "../journal/journal-entry.ts";
import type { RecordedRequest } from "../journal/recorded.ts";
import { assertionReasons, certificateReasons } from "./assertion-reasons.ts";
import { dpopReasons } from "./dpop-reasons.ts";
import type { Explanation, Reasoning, UndecidedReason } from "./explanation.ts";
import type { Facts, Reason } from "./facts.ts";
import type { FactSources } from "./gather-facts.ts";
import { gatherFacts } from "./gather-facts.ts";
import { grantReasons } from "./grant-reasons.ts";
import { budgetReasons, requestReasons } from "./request-reasons.ts";
import { secretReasons } from "./secret-reasons.ts";
import { tokenReasons } from "./token-reasons.ts";
import { formatList } from "./wording.ts";
import { guardReasons, undecidedReasons } from "./undecided-reasons.ts";

/** One for each reason that there is: the compiler says which is missing. */
const refusalReasons: Readonly<Record<RefusalReason, Reason>> = {
  ...requestReasons,
  ...budgetReasons,
  ...secretReasons,
  ...assertionReasons,
  ...certificateReasons,
  ...dpopReasons,
  ...grantReasons,
};

/** All reasons for which a request can be refused. */
export const explainedReasons: readonly string[] = Object.keys(refusalReasons);

/** Explains a request that was not served, or whose token was not active; `undefined` for all others. */
export async function explain(
  recorded: RecordedRequest,
  sources: FactSources,
): Promise<Explanation | undefined> {
  if (whyOf(recorded) === undefined) return undefined;
  return explainFacts(await gatherFacts(recorded, sources));
}

/** Puts facts into words. */
export function explainFacts(facts: Facts): Explanation | undefined {
  const { entry, policy } = facts;
  const why = whyOf(entry);
  if (why === undefined || entry.requestId === undefined) return undefined;
  const { cause, remedy, rfc } = reasoning(why, facts);
  const code = entry.error ?? (entry.response.status < 500 ? "invalid_request" : "server_error");
  return {
    requestId: entry.requestId,
    at: entry.at,
    status: entry.response.status,
    clientId: entry.clientId,
    why,
    summary: `${summaryOf(facts)}: ${cause}`,
    received: describeRequest(facts),
    cause,
    remedy,
    docs: (policy.errorPagesUrl ?? "") + code,
    rfc,
  };
}

function whyOf({
  event,
  response,
}: Pick<RequestEntry, "event"> & {
  readonly response: Pick<RequestEntry["response"], "status" | "faults">;
}): Explanation["why"] | undefined {
  // Without a decision the server was never asked.
  if (event === undefined) {
    if (response.faults !== undefined) return response.status < 400 ? undefined : "fault_rule";
    return guardReasons[response.status];
  }
  if (event.type === "request_failed") return "request_failed";
  return "why" in event ? event.why : undefined;
}

function reasoning(why: Explanation["why"], facts: Facts): Reasoning {
  if (isUndecided(why)) return undecidedReasons[why](facts);
  return isRefusalReason(why) ? refusalReasons[why](facts) : tokenReasons[why](facts);
}

function isUndecided(why: Explanation["why"]): why is UndecidedReason {
  return Object.hasOwn(undecidedReasons, why);
}

function isRefusalReason(why: RefusalReason | InactiveReason): why is RefusalReason {
  return Object.hasOwn(refusalReasons, why);
}

function summaryOf({ entry }: Facts): string {
  if (entry.event?.type === "token_introspected") return "The token is inactive";
  if (entry.event?.type === "revocation_ignored") return "Nothing was revoked";
  return [entry.response.status, entry.error, "from", entry.request.path].filter(Boolean).join(" ");
}

/** What there was, line by line; all of it has been redacted. */
function describeRequest({ entry, client }: Facts): readonly string[] {
  const { method, path, headers, form, bodyBytes, address } = entry.request;
  const field = (name: string): string | undefined =>
    headers.find(([other]) => other.toLowerCase() === name)?.[1];
  const parameters = (form ?? []).map(([name, value]) => `${name}=${value}`);
  return [
    `${method} ${path} from ${address}`,
    `Content-Type: ${field("content-type") ?? "none"}`,
    `Authorization: ${field("authorization") ?? "none"}`,
    form === undefined ? `a body of ${bodyBytes} bytes` : `parameters: ${formatList(parameters)}`,
    client === undefined
      ? "no client that is registered"
      : `client: ${client.id}, registered for ${client.authenticationMethod}`,
  ];
}
