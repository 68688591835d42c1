import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A token endpoint and an API on loopback. */
export interface TokenServer extends AsyncDisposable {
  readonly url: string;

  /** How many tokens were asked for. */
  readonly tokenRequests: () => number;

  /** Has the API reject every token that was given so far. */
  readonly revokeAll: () => void;
}

/** Starts the server; `thinkingMs` is so long that all of a burst waits for the answer. */
export async function startTokenServer(thinkingMs = 250): Promise<TokenServer> {
  let tokens = 0;
  let revoked = 0;
  let url = "";
  const server = createServer((request, response) => {
    request.resume();
    const send = (body: unknown, status = 200): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.url === "/.well-known/oauth-authorization-server") {
      send({ issuer: url, token_endpoint: `${url}/token` });
    } else if (request.url === "/token") {
      tokens += 1;
      const answer = { access_token: `token-${tokens}`, token_type: "Bearer", expires_in: 900 };
      setTimeout(() => send(answer), thinkingMs);
    } else {
      const number = Number(/^Bearer token-(\d+)$/.exec(request.headers.authorization ?? "")?.[1]);
      if (number > revoked) return send({ number });
      response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
      send({}, 401);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenRequests: () => tokens,
    revokeAll: () => {
      revoked = tokens;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
