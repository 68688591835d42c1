import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import type { IssuerKey } from "./issuer-key.ts";
import type { ObservedIssuer } from "./peer.ts";

/** An issuer that counts how often its keys are asked for. */
export interface CountingIssuer {
  readonly observed: ObservedIssuer;

  /** The requests for the key set. */
  readonly fetches: () => number;

  /** Resolves when no request is under way, and none follows at once. */
  readonly isIdle: () => Promise<void>;
  readonly publish: (keys: readonly IssuerKey[]) => void;

  /** From now on each connection is closed without an answer, or is answered again. */
  readonly setDown: (isDown: boolean) => void;
  readonly close: () => void;
}

/** Seconds for which the key set may be kept, as its `Cache-Control` says. */
export const maxAgeSeconds = 600;

const answersAfterMs = 5;

/** Starts an issuer on a free port of loopback. */
export async function startCountingIssuer(): Promise<CountingIssuer> {
  let keys: readonly IssuerKey[] = [];
  let fetches = 0;
  let isDown = false;
  let underWay = 0;

  const server = createServer((request, response) => {
    const isForKeys = request.url === "/.well-known/jwks.json";
    if (isForKeys) fetches += 1;
    if (isDown) {
      response.destroy();
      return;
    }
    const body = isForKeys
      ? { keys: keys.map(({ publicJwk }) => publicJwk) }
      : { issuer: origin, jwks_uri: jwksUri, token_endpoint: `${origin}/token` };
    underWay += 1;
    response.once("close", () => (underWay -= 1));
    void wait(answersAfterMs).then(() =>
      response
        .writeHead(200, {
          "content-type": "application/json",
          "cache-control": `public, max-age=${maxAgeSeconds}`,
        })
        .end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUri = `${origin}/.well-known/jwks.json`;

  return {
    observed: { issuer: origin, jwksUri, audience: "https://api.example" },
    fetches: () => fetches,
    isIdle: async () => {
      // One request may lead to another: the metadata to the keys.
      for (let quiet = 0; quiet < 3; quiet = underWay > 0 ? 0 : quiet + 1) await wait(1);
    },
    publish: (next) => {
      keys = next;
    },
    setDown: (next) => {
      isDown = next;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
