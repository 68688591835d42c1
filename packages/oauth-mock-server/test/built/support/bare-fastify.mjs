/**
 * A Fastify server with nothing in it, for comparison; ends when it has listened.
 *
 * @module
 */
import { fastify } from "fastify";

const app = fastify();
await app.listen({ host: "127.0.0.1", port: 0 });
await app.close();
