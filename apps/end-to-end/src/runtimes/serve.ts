import type { Place } from "./place.ts";
import { serveInMemory } from "./place.ts";

type Handler = (request: Request) => Promise<Response>;

/** What is used of the globals of Bun and Deno. */
interface ServingGlobals {
  readonly Bun?: {
    readonly version: string;
    readonly serve: (options: { port: number; hostname: string; fetch: Handler }) => {
      readonly port: number;
      readonly stop: (closeConnections: boolean) => Promise<void>;
    };
  };
  readonly Deno?: {
    readonly version: { readonly deno: string };
    readonly serve: (
      options: { port: number; hostname: string; onListen: () => void },
      handler: Handler,
    ) => {
      readonly addr: { readonly port: number };
      readonly shutdown: () => Promise<void>;
    };
  };
}

const { Bun, Deno } = globalThis as ServingGlobals;
const hostname = "127.0.0.1";

/** The runtime and its version, such as `Bun 1.4.5`. */
export const runtimeName: string =
  (Bun && `Bun ${Bun.version}`) ??
  (Deno && `Deno ${Deno.version.deno}`) ??
  `Node ${process.versions.node}`;

/** Serves a handler as the runtime does it; in memory on Node, which has nothing for handlers. */
export const serve: Place["serve"] = async (handler) => {
  if (Bun !== undefined) {
    const server = Bun.serve({ port: 0, hostname, fetch: handler });
    return { origin: `http://${hostname}:${server.port}`, close: () => server.stop(true) };
  }
  if (Deno !== undefined) {
    const server = Deno.serve({ port: 0, hostname, onListen: () => undefined }, handler);
    return { origin: `http://${hostname}:${server.addr.port}`, close: () => server.shutdown() };
  }
  return serveInMemory(handler);
};
