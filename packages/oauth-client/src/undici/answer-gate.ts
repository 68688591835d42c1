import { backgroundSleep } from "@credicorp/oauth-runtime";

import type { ApiAnswer } from "../requests/rejected-token.ts";
import type { AuthorizedAttempt } from "../requests/request-authorization.ts";

/** A dispatched request that waits for its answer. */
export interface AuthorizedDispatch<Handler> {
  readonly attempt: AuthorizedAttempt;
  readonly canRepeat: boolean;

  /** Where the answer goes, unless the request is repeated. */
  readonly handler: Handler;

  /** The origin that the request was sent to. */
  readonly origin: string;

  /** Sends the request again, with another attempt and the same handler. */
  readonly repeat: (next: AuthorizedAttempt) => void;
}

/** The connection that an answer arrives on. */
export interface AnswerStream {
  readonly resume: () => void;
  readonly abort: (reason: Error) => void;

  /** Delivers the head; tells whether more may come at once. */
  readonly deliver: () => boolean;
  readonly fail: (error: unknown) => void;
}

/** Holds an answer back while it is not known whether the request is repeated. */
export interface AnswerGate {
  /** Judges the head of an answer; `false` means that it must not be delivered now. */
  readonly admits: (answer: Omit<ApiAnswer, "canRepeat">, stream: AnswerStream) => boolean;

  /** Tells whether a later part may be delivered; if not, it is kept, or dropped with the rest. */
  readonly passes: (deliver: () => void, bytes?: number) => boolean;

  /** Tells whether an error concerns the handler, and lets nothing through after it. */
  readonly breaks: () => boolean;
}

// An answer that is larger, or takes longer, is cut off rather than read to its end for nobody.
const maxDroppedBytes = 65_536;
const maxDroppingMs = 1000;

/** Makes the gate for one answer. */
export function createAnswerGate({
  attempt,
  canRepeat,
  repeat,
}: Pick<AuthorizedDispatch<unknown>, "attempt" | "canRepeat" | "repeat">): AnswerGate {
  let state: "open" | "held" | "dropped" | "broken" = "open";
  let dropped = 0;
  let held: (() => void)[] = [];
  let connection: AnswerStream | undefined;

  function release({ deliver, resume }: AnswerStream): void {
    if (state !== "held") return;
    state = "open";
    const mayGoOn = deliver();
    for (const part of held) part();
    held = [];
    if (mayGoOn) resume();
  }

  function replace(next: AuthorizedAttempt, stream: AnswerStream): void {
    if (state !== "held") return;
    state = "dropped";
    held = [];
    stream.resume();
    void cutOffLater(stream);
    repeat(next);
  }

  async function decide(
    answer: Promise<AuthorizedAttempt | undefined>,
    stream: AnswerStream,
  ): Promise<void> {
    try {
      const next = await answer;
      if (next === undefined) release(stream);
      else replace(next, stream);
    } catch (error) {
      // Also what the handler threw at the answer, or the dispatcher at the repetition: nobody else would hear of it.
      if (state === "broken") return;
      state = "broken";
      stream.fail(error);
    }
  }

  return {
    admits: ({ status, header }, stream) => {
      const next = attempt.next({ status, header, canRepeat });
      if (next === undefined) return true;
      state = "held";
      connection = stream;
      void decide(Promise.resolve(next), stream);
      return false;
    },
    passes: (deliver, bytes = 0) => {
      if (state === "open") return true;
      if (state === "held") held.push(deliver);
      dropped += bytes;
      if (state === "dropped" && dropped > maxDroppedBytes) {
        connection?.abort(buildCutOff());
      }
      return false;
    },
    breaks: () => {
      const concerns = state !== "dropped" && state !== "broken";
      if (state !== "dropped") state = "broken";
      return concerns;
    },
  };
}

/** The repetition may be waiting for the connection. When the answer has ended by then, this does nothing. */
async function cutOffLater({ abort }: AnswerStream): Promise<void> {
  await backgroundSleep(maxDroppingMs);
  abort(buildCutOff());
}

function buildCutOff(): Error {
  return new Error("The rest of a rejected answer is of no use");
}
