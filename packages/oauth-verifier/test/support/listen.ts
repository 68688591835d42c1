import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** Makes a server listen on a free port of the loopback interface for the length of the test; returns the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  });
  return (server.address() as AddressInfo).port;
}
