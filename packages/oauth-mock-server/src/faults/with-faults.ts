import type { ServerRequest } from "@credicorp/oauth-core";

import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import type { AskingHandler } from "./asking-handler.ts";
import type { AnswerFault, AnswerPorts } from "./answer-faults.ts";
import { faultyAnswer } from "./answer-faults.ts";
import type { ClockFault } from "./clock-faults.ts";
import type { DocumentFault } from "./document-faults.ts";
import { askUnconditionally, faultyDocument } from "./document-faults.ts";
import type { ChosenRules, FaultRules } from "./fault-rules.ts";
import type { SubjectPolicy } from "./fault-subject.ts";
import { readSubject } from "./fault-subject.ts";
import type { KeySetPorts } from "./key-set-faults.ts";
import type { LiveRule } from "./live-rule.ts";
import type { TokenFault, TokenFaultPorts } from "./token-faults.ts";
import { faultyToken } from "./token-faults.ts";
import type { ConnectionFault, TimingFault } from "./transport-faults.ts";
import { deliveryOf, isVisible } from "./transport-faults.ts";

/** The server that answers, as the faults see it. */
export interface FaultedServer {
  readonly handle: AskingHandler;

  /** The same server with another clock. */
  readonly skewed: (skewSeconds: number) => AskingHandler;
  readonly policy: () => SubjectPolicy;
}

/** What the faults work with. */
export type FaultPorts = AnswerPorts & TokenFaultPorts & KeySetPorts;

/**
 * Answers as the server does, but for what the rules say.
 *
 * First something may answer in its place; else it answers, perhaps by another clock, and its token and then what it says
 * may be changed. In the end the delivery may go wrong. The server knows nothing of it.
 */
export function withFaults(
  server: FaultedServer,
  rules: Pick<FaultRules, "isEmpty" | "choose">,
  ports: FaultPorts,
): SandboxHandler {
  const answerWith = async (
    request: ServerRequest,
    chosen: ChosenRules,
  ): Promise<SandboxResponse> => {
    const acted: string[] = [];
    const settle = (rule: LiveRule, hasActed: boolean): void => {
      rule.settle(hasActed);
      if (hasActed) acted.push(rule.id);
    };
    const response = await answer(request, chosen, { server, ports, settle });
    const delivery = deliver(response.body, chosen, settle);
    return acted.length === 0 ? response : { ...response, ...delivery, faults: acted };
  };
  return (request) => {
    // Without rules nothing is read, and nothing waits a turn longer.
    const subject = rules.isEmpty() ? undefined : readSubject(request, server.policy());
    const chosen = subject && rules.choose(subject);
    return chosen === undefined || chosen.size === 0
      ? server.handle(request)
      : answerWith(request, chosen);
  };
}

interface Tools {
  readonly server: FaultedServer;
  readonly ports: FaultPorts;
  readonly settle: (rule: LiveRule, hasActed: boolean) => void;
}

async function answer(
  request: ServerRequest,
  chosen: ChosenRules,
  { server, ports, settle }: Tools,
): Promise<SandboxResponse> {
  const [inPlace, clock, token, document] = [
    chosen.get("answer"),
    chosen.get("clock"),
    chosen.get("token"),
    chosen.get("document"),
  ];
  if (inPlace !== undefined) {
    settle(inPlace, true);
    return faultyAnswer(inPlace.fault as AnswerFault, request.method, ports);
  }
  const handle =
    clock === undefined ? server.handle : server.skewed((clock.fault as ClockFault).seconds);
  let response = await handle(
    request,
    document === undefined ? request : askUnconditionally(request),
  );
  if (clock !== undefined) settle(clock, true);
  if (token !== undefined) {
    const changed = await faultyToken(token.fault as TokenFault, response, ports);
    settle(token, changed !== undefined);
    response = changed ?? response;
  }
  if (document !== undefined) {
    const changed = await faultyDocument(document.fault as DocumentFault, response, ports);
    settle(document, changed !== undefined);
    response = changed ?? response;
  }
  return response;
}

function deliver(
  body: string,
  chosen: ChosenRules,
  settle: Tools["settle"],
): Pick<SandboxResponse, "delivery"> {
  const visible = (stage: "timing" | "connection"): LiveRule | undefined => {
    const rule = chosen.get(stage);
    if (rule === undefined) return undefined;
    const isSeen = isVisible(rule.fault as TimingFault | ConnectionFault, body);
    settle(rule, isSeen);
    return isSeen ? rule : undefined;
  };
  const [timing, connection] = [visible("timing"), visible("connection")];
  if (timing === undefined && connection === undefined) return {};
  return {
    delivery: deliveryOf(
      timing?.fault as TimingFault | undefined,
      connection?.fault as ConnectionFault | undefined,
    ),
  };
}
