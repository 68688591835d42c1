/**
 * The least that an API does: it answers each request with a short JSON text.
 *
 * Runs in a process of its own, so that its work does not count as the client's, and tells its parent its URL.
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const body = '{"status":"approved"}';
const headers = { "content-type": "application/json", "content-length": body.length };
const server = createServer((request, response) => {
  response.writeHead(request.headers.authorization === undefined ? 401 : 200, headers);
  response.end(body);
});

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.once("disconnect", () => process.exit());
