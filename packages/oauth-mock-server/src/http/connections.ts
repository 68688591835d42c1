import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server, and how they end. */
export interface Connections {
  /** Whether each connection is to end with its next answer. */
  readonly isEnding: () => boolean;

  /** Lets connections end with their next answer, and waits until there are none, or for so long. */
  readonly giveNotice: (noticeMs: number) => Promise<void>;

  /** Cuts all connections after so long, and those without a request earlier; the returned function stops that. */
  readonly endSoon: (graceMs: number) => () => void;
}

// A connection that says nothing, or not enough, would keep a closing server open for ever.
const silenceMs = 2000;

/** Watches the connections of a server, from before it listens. */
export function createConnections(server: Pick<Server, "on">): Connections {
  // Those that are still shaking hands are no connections yet to the server of HTTP.
  const sockets = new Set<Socket>();
  const answering = new Map<Socket, number>();
  let isEnding = false;
  let onNone: (() => void) | undefined;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) onNone?.();
    });
  });
  // That of TLS comes with another socket than its connection, which is known by its port.
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    response.on("close", () => {
      const left = (answering.get(socket) ?? 1) - 1;
      if (left === 0) answering.delete(socket);
      else answering.set(socket, left);
    });
  });
  const cut = (isWanted: (socket: Socket) => boolean): void => {
    for (const socket of sockets) if (isWanted(socket)) socket.destroy();
  };
  return {
    isEnding: () => isEnding,
    giveNotice: async (noticeMs) => {
      isEnding = true;
      if (noticeMs === 0 || sockets.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, noticeMs);
        onNone = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    endSoon: (graceMs) => {
      const timers = [
        setTimeout(
          () => {
            const busyPorts = new Set([...answering.keys()].map(({ remotePort }) => remotePort));
            cut(({ remotePort }) => !busyPorts.has(remotePort));
          },
          Math.min(silenceMs, graceMs),
        ),
        setTimeout(() => cut(() => true), graceMs),
      ];
      return () => timers.forEach((timer) => clearTimeout(timer));
    },
  };
}
