import { vi } from "vitest";
import type { ClientEvents } from "@credicorp/oauth-client";
import type { TokenSourceOptions } from "@credicorp/oauth-client/token-source";
import type { TokenGetter, TokenGetterKind } from "./token-getters.ts";
import "./client.ts";

/** A token endpoint without a network, under a clock that only the test moves. */
export interface VirtualEndpoint {
  /** Answers the requests from now on; `count` is from 1. */
  answer: (count: number) => Response | Promise<Response>;

  /** When each request was made, in seconds. */
  readonly requestedAt: readonly number[];
  readonly events: ClientEvents[keyof ClientEvents][];

  /** Makes a getter of its tokens. */
  readonly connect: (kind: TokenGetterKind, options?: Partial<TokenSourceOptions>) => TokenGetter;

  /** Lets seconds pass, with all that happens in them. */
  readonly pass: (seconds: number) => Promise<void>;
}

/** Makes an answer of a token endpoint. */
export function tokenAnswer(value: string, members: Record<string, unknown> = {}): Response {
  const token = { access_token: value, token_type: "Bearer", expires_in: 900, ...members };
  return Response.json(token);
}

/** Makes an error answer of a token endpoint. */
export function errorAnswer(
  status: number,
  error: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error }, { status, headers });
}

/** Stops all clocks and starts an endpoint. Undo it with `vi.useRealTimers()`. */
export function startVirtualEndpoint(): VirtualEndpoint {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  const startedAtMs = performance.now();
  const requestedAt: number[] = [];
  const events: VirtualEndpoint["events"] = [];
  const endpoint: VirtualEndpoint = {
    answer: (count) => tokenAnswer(`token-${count}`),
    requestedAt,
    events,
    connect: (kind, options) =>
      kind.create(
        {
          tokenEndpoint: "https://hub.example/token",
          clientId: "partner",
          clientSecret: "planted-secret",
          fetch: async () => {
            requestedAt.push((performance.now() - startedAtMs) / 1000);
            return endpoint.answer(requestedAt.length);
          },
          ...options,
        },
        (event) => events.push(event),
      ),
    pass: async (seconds) => {
      await vi.advanceTimersByTimeAsync(seconds * 1000);
    },
  };
  return endpoint;
}
