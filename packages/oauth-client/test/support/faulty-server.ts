import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A token that the server gave, with an answer that a client can use. */
export interface GoodToken {
  readonly value: string;

  /** Instants of the clock that server and clients share, in epoch seconds. */
  readonly deliveredAt: number;
  readonly expiresAt: number;
}

/** A server whose token endpoint injects every fault in turn, with good answers in between. */
export interface FaultyServer extends AsyncDisposable {
  readonly url: string;

  /** How often each fault was injected. */
  readonly injected: ReadonlyMap<string, number>;

  /** The last good tokens of each client. */
  readonly goodTokens: (clientId: string) => readonly GoodToken[];
  readonly api: {
    /** Calls with a token that the server gave. */
    calls: number;
    withoutToken: number;

    /** Calls with a token that the server never gave. */
    withUnknownToken: number;

    /** Calls with a token whose life, as the server had told it, was long over. */
    withSpentToken: number;
  };
}

/** The life of a token, in seconds. */
export const lifetimeSeconds = 20;

/** What a busy machine may take for an answer, in seconds of the fast clock. */
export const slackSeconds = 6;

const goodAnswersPerFault = 1;
const keptTokens = 20;

type Inject = (response: ServerResponse, members: Record<string, unknown>) => void;

const html = "<html><body>Bad gateway</body></html>";

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function page(status: number, headers: Record<string, string> = {}): Inject {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html", ...headers }).end(html);
  };
}

function changed(change: Record<string, unknown>): Inject {
  return (response, members) => json(response, { ...members, ...change });
}

/** Every fault, by name. `now` is in epoch seconds. */
function listFaults(now: () => number): ReadonlyMap<string, Inject> {
  const later = (ms: number, inject: Inject): Inject => {
    return (response, members) => void setTimeout(() => inject(response, members), ms);
  };
  return new Map<string, Inject>([
    ["delay", later(60, changed({}))],
    ["silence", () => undefined],
    ["reset", (response) => void response.destroy()],
    ["empty", (response) => void response.end()],
    [
      "truncated JSON",
      (response, members) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(members).slice(0, 30));
      },
    ],
    ["HTML with 200", page(200)],
    ["200 with error", (response) => json(response, { error: "invalid_request" })],
    ["429 with seconds", page(429, { "retry-after": "1" })],
    [
      "429 with a date",
      (response, members) => {
        const date = new Date((now() + 2) * 1000).toUTCString();
        page(429, { "retry-after": date })(response, members);
      },
    ],
    ["500", (response) => json(response, { error: "server_error" }, 500)],
    ["502 with HTML", page(502)],
    ["503", page(503)],
    ["expired on arrival", later(100, changed({ expires_in: 1 }))],
    ["missing expires_in", changed({ expires_in: undefined })],
    ["expires_in as text", changed({ expires_in: String(lifetimeSeconds) })],
    ["zero expires_in", changed({ expires_in: 0 })],
    ["huge expires_in", changed({ expires_in: 1e15 })],
    ["narrowed scope", changed({ scope: "decisions:read" })],
    ["unknown token_type", changed({ token_type: "mac" })],
    ["odd token_type", changed({ token_type: "bEARER" })],
  ]);
}

/** The time that a server shares with its clients, in seconds. */
export interface FaultyServerTime {
  /** Since the Unix epoch. */
  readonly now: () => number;

  /** How much of the time after an instant the process stood still: a call that was sent before arrives after it. */
  readonly stalledSince: (instant: number) => number;
}

/** Starts the server. */
export async function startFaultyServer({
  now,
  stalledSince,
}: FaultyServerTime): Promise<FaultyServer> {
  const faults = [...listFaults(now)];
  const injected = new Map<string, number>(faults.map(([name]) => [name, 0]));
  const good = new Map<string, GoodToken[]>();
  const endsAt = new Map<string, number>();
  const toldTruly = new Set<string>();
  const api: FaultyServer["api"] = {
    calls: 0,
    withoutToken: 0,
    withUnknownToken: 0,
    withSpentToken: 0,
  };
  let requests = 0;
  let tokens = 0;

  function answerToken(clientId: string, response: ServerResponse): void {
    const turn = requests++;
    const value = `token-${(tokens += 1)}`;
    const members = {
      access_token: value,
      token_type: "Bearer",
      expires_in: lifetimeSeconds,
      scope: "applications:write decisions:read",
    };
    const expiresAt = now() + lifetimeSeconds;
    endsAt.set(value, expiresAt);
    // The server forgets what nobody can hold any more.
    if (endsAt.size > 2000) endsAt.delete(endsAt.keys().next().value ?? "");
    const [name, inject] =
      faults[Math.floor(turn / (goodAnswersPerFault + 1)) % faults.length] ?? [];
    if (turn % (goodAnswersPerFault + 1) === 0 && name !== undefined && inject !== undefined) {
      injected.set(name, (injected.get(name) ?? 0) + 1);
      inject(response, members);
      return;
    }
    response.on("finish", () => {
      toldTruly.add(value);
      if (toldTruly.size > 2000) toldTruly.delete(toldTruly.values().next().value ?? "");
      const kept = good.get(clientId) ?? [];
      kept.push({ value, deliveredAt: now(), expiresAt });
      good.set(clientId, kept.slice(-keptTokens));
    });
    json(response, members);
  }

  function answerApi(authorization: string | undefined, response: ServerResponse): void {
    const value = /^Bearer (token-\d+)$/.exec(authorization ?? "")?.[1];
    const end = endsAt.get(value ?? "");
    api.calls += 1;
    if (value === undefined) api.withoutToken += 1;
    else if (end === undefined) api.withUnknownToken += 1;
    else if (toldTruly.has(value) && now() - stalledSince(end) > end + slackSeconds) {
      api.withSpentToken += 1;
    }
    if (end !== undefined && now() < end) {
      json(response, {});
      return;
    }
    const challenge = { "www-authenticate": 'Bearer error="invalid_token"' };
    response.writeHead(401, challenge).end();
  }

  const server = createServer((request, response) => {
    request.resume();
    if (request.url !== "/token") {
      answerApi(request.headers.authorization, response);
      return;
    }
    const basic = (request.headers.authorization ?? "").replace("Basic ", "");
    const [clientId = ""] = Buffer.from(basic, "base64").toString().split(":");
    answerToken(clientId, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    injected,
    goodTokens: (clientId) => good.get(clientId) ?? [],
    api,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
