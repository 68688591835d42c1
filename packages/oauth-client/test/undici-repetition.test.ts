import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createAuthInterceptor } from "@credicorp/oauth-client/undici";
import type { Dispatcher } from "undici";
import { Agent, Client, request } from "undici";
import { expect, it } from "vitest";

import { rejectionOf, setUp } from "./support/client.ts";

const path = "/partner/v1/applications";

it("CLI-28 fails with what a dispatcher behind it throws at the repetition, and does not wait for ever", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  let dispatched = 0;
  const broken: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
    dispatched += 1;
    if (dispatched === 2) throw new Error("no more");
    return dispatch(options, handler);
  };
  const dispatcher = new Agent().compose(broken, createAuthInterceptor(client));

  const error = await rejectionOf(request(server.url + path, { dispatcher }));

  expect(error).toMatchObject({ message: "no more" });
  await dispatcher.destroy();
});

it("CLI-28 repeats on the only connection though the rejected answer does not end", async () => {
  await using setup = await setUp();
  const { client } = setup;
  const rejected = (await client.getToken()).authorization;
  const api = createServer((incoming, response) => {
    if (incoming.headers.authorization !== rejected) return void response.end("accepted");
    response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' });
    return void response.write("there is more to come");
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const view = {
    authorize: (call: { method: string }) => client.authorize({ ...call, url: path }),
  };
  const only = new Client(origin);

  const { statusCode, body } = await only
    .compose(createAuthInterceptor(view, { origin }))
    .request({ path, method: "GET" });

  expect(statusCode).toBe(200);
  expect(await body.text()).toBe("accepted");
  await only.destroy();
  api.closeAllConnections();
  api.close();
});
