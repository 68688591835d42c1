import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { createConnectionEnds } from "./connection-ends.ts";
import type { HttpAppOptions } from "./http-server.ts";
import { createHttpApp } from "./http-server.ts";

/** A server of HTTP without a port. */
export interface ConnectionServer {
  /** Opens a connection, and returns the client's end of it. */
  readonly connect: () => Duplex;

  /** Ends all connections, those that wait for an answer when they have it, or after two seconds. */
  readonly close: () => Promise<void>;
}

const closeGraceMs = 2000;

/** Serves connections that are opened within this process, as `startHttpServer` serves those of a port. */
export async function startConnectionServer(
  options: Pick<HttpAppOptions, "handle" | "clock" | "maxBodyBytes">,
): Promise<ConnectionServer> {
  const { app } = createHttpApp({ ...options, trustedProxies: [] });
  // How many answers each connection waits for.
  const waiting = new Map<Duplex, number>();
  let isClosing = false;
  const endIfIdle = (connection: Duplex): void => {
    if (isClosing && waiting.get(connection) === 0) connection.end();
  };
  app.server.on("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
    waiting.set(socket, (waiting.get(socket) ?? 0) + 1);
    answer.once("close", () => {
      const others = waiting.get(socket);
      if (others === undefined) return;
      waiting.set(socket, others - 1);
      endIfIdle(socket);
    });
  });
  await app.ready();

  return {
    connect: () => {
      const { client, server } = createConnectionEnds();
      waiting.set(server, 0);
      server.once("close", () => waiting.delete(server));
      app.server.emit("connection", server);
      return client;
    },
    close: async () => {
      isClosing = true;
      const ended = [...waiting.keys()].map(
        (connection) => new Promise<void>((resolve) => void connection.once("close", resolve)),
      );
      for (const connection of waiting.keys()) endIfIdle(connection);
      const impatience = setTimeout(() => {
        for (const connection of waiting.keys()) connection.destroy();
      }, closeGraceMs);
      await Promise.all(ended);
      clearTimeout(impatience);
      await app.close();
    },
  };
}
