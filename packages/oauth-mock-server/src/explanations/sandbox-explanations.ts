import type { Journal } from "../journal/journal.ts";
import type { RecordedRequest } from "../journal/recorded.ts";
import type { Explanation } from "./explanation.ts";
import type { FactSources } from "./gather-facts.ts";

/** Why requests were refused, for those who may know. */
export interface SandboxExplanations {
  /** Explains the refusal with this `X-Request-Id`; `undefined` when there is none, or when it was served. */
  readonly explain: (requestId: string) => Promise<Explanation | undefined>;

  /** The same for the client that the request names, in words that tell it nothing of other clients. */
  readonly explainTo: (clientId: string, requestId: string) => Promise<Explanation | undefined>;

  /**
   * Calls the listener with the explanation of each refusal, until the returned function is called.
   *
   * What the listener throws, or rejects with, harms neither answers nor other listeners; `onFailure` hears of it.
   */
  readonly subscribe: (
    listener: (explanation: Explanation) => unknown,
    onFailure?: (cause: unknown) => unknown,
  ) => () => void;
}

/** Makes the explanations of a sandbox from its journal: nothing is worked out before somebody asks. */
export function createSandboxExplanations(
  {
    find,
    subscribe,
    decidedNewestFirst,
  }: Pick<Journal, "find" | "subscribe" | "decidedNewestFirst">,
  sources: () => Promise<Omit<FactSources, "decidedNewestFirst">>,
): SandboxExplanations {
  const put = async (recorded: RecordedRequest): Promise<Explanation | undefined> => {
    const { explain } = await import("./explain.ts");
    return explain(recorded, { ...(await sources()), decidedNewestFirst });
  };
  const putFor = async (
    clientId: string,
    recorded: RecordedRequest,
  ): Promise<Explanation | undefined> => {
    const { explain } = await import("./explain.ts");
    const { clients, ...others } = await sources();
    return explain(seenBy(clientId, recorded), {
      ...others,
      clients: clients.filter(({ id }) => id === clientId),
      isClientId: (id) => id === clientId,
      decidedNewestFirst,
    });
  };
  return {
    explain: async (requestId) => {
      const recorded = find(requestId);
      return recorded && put(recorded);
    },
    explainTo: async (clientId, requestId) => {
      const recorded = find(requestId);
      const explanation = recorded && (await putFor(clientId, recorded));
      return explanation?.clientId === clientId ? explanation : undefined;
    },
    subscribe: (listener, onFailure = drop) => {
      const tell = async (recorded: RecordedRequest): Promise<void> => {
        try {
          const explanation = await put(recorded);
          if (explanation !== undefined) await listener(explanation);
        } catch (cause) {
          await onFailure(cause);
        }
      };
      return subscribe((recorded) => {
        if (recorded.response.status >= 400) tell(recorded).catch(drop);
      });
    },
  };
}

/** A request may name two clients, and neither is to learn from it whether there is another of the other's name. */
function seenBy(clientId: string, recorded: RecordedRequest): RecordedRequest {
  const { client, event } = recorded;
  const isOthers = event !== undefined && "clientId" in event && event.clientId !== clientId;
  return {
    ...recorded,
    client: client?.id === clientId ? client : undefined,
    event: isOthers && event.type === "request_refused" ? { ...event, clientId: undefined } : event,
  };
}

function drop(): void {
  // Nobody is left to tell: see `subscribe`.
}
