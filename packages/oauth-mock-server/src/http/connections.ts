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

  /**
   * Acts once all that a connection has asked for in full is answered, or at once: what goes out before would end up
   * within another answer, or in its place.
   */
  readonly onceAnswered: (socket: Socket, act: () => void) => void;
}

// A connection that says nothing, or not enough, would keep a closing server open for ever.
const silenceMs = 2000;

/** Watches the connections of a server, from before it listens. */
export function createConnections(server: Pick<Server, "on">): Connections {
  // Those that are still shaking hands are no connections yet to the server of HTTP.
  const sockets = new Set<Socket>();
  const answering = new Map<Socket, Set<IncomingMessage>>();
  const afterAnswer = new WeakMap<Socket, () => void>();
  let isEnding = false;
  let isClosing = false;
  let onNone: (() => void) | undefined;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) onNone?.();
    });
  });
  // That of TLS comes with another socket than its connection, which is known by its port.
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const own = answering.get(socket) ?? new Set();
    answering.set(socket, own.add(request));
    response.on("close", () => {
      own.delete(request);
      if (own.size === 0) answering.delete(socket);
      afterAnswer.get(socket)?.();
      // An answer that had begun before may have said that the connection goes on.
      if (isClosing && own.size === 0) socket.end();
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
      isClosing = true;
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
    onceAnswered: (socket, act) => {
      // Nobody waits for the answer to what never arrives.
      const isAnswered = (): boolean =>
        ![...(answering.get(socket) ?? [])].some(({ complete }) => complete);
      if (isAnswered()) return act();
      afterAnswer.set(socket, () => {
        if (!isAnswered()) return;
        afterAnswer.delete(socket);
        act();
      });
    },
  };
}
