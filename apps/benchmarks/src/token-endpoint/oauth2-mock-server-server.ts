/**
 * The token endpoint of oauth2-mock-server, with an ES256 key; it checks no credentials.
 *
 * Runs in a process of its own, and tells its parent the URL of the endpoint.
 *
 * @module
 */

import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("ES256");
await server.start(0, "127.0.0.1");

process.send?.({ tokenEndpoint: `http://127.0.0.1:${server.address().port}/token` });
process.once("disconnect", () => process.exit());
