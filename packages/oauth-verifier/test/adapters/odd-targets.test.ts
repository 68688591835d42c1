import { createServer } from "node:http";
import { connect } from "node:net";

import { createVerifier } from "@credicorp/oauth-verifier";
import { serveResourceMetadata } from "@credicorp/oauth-verifier/express";
import { createRequireScope } from "@credicorp/oauth-verifier/express";
import { describe, expect, it } from "vitest";

import { listen } from "../support/listen.ts";

const identifier = "https://api.example";

/** A server of Node with nothing around its middleware: what it throws would end the process. */
async function start() {
  const verifier = createVerifier({
    issuer: "https://as.example",
    audience: identifier,
    dpop: { origin: identifier },
    resource: { identifier },
  });
  const serve = serveResourceMetadata(verifier);
  const guard = createRequireScope(verifier)("decisions:read");
  const thrown: unknown[] = [];
  const server = createServer((request, response) => {
    try {
      serve(request, response, () => guard(request, response, (error) => thrown.push(error)));
    } catch (error) {
      thrown.push(error);
      response.destroy();
    }
  });
  const port = await listen(server);
  return { port, thrown };
}

/** Sends a request line as it is, and resolves to the status line of the answer. */
async function ask(port: number, target: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${target} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n`);
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += String(chunk);
  return text.split("\r\n")[0] ?? "";
}

describe("middleware on a server of Node", () => {
  it.each(["*", "http://", "http://[", "http://a:99999/", "//", "//x/", "/%", "/?%", "/\\"])(
    "ATK-49 answers a request for %s as any other without a token",
    async (target) => {
      const { port, thrown } = await start();

      expect(await ask(port, target)).toBe("HTTP/1.1 401 Unauthorized");
      expect(thrown).toEqual([]);
    },
  );

  it("RMD-03 serves the document by an absolute target too", async () => {
    const { port } = await start();
    const path = "/.well-known/oauth-protected-resource";

    expect(await ask(port, `http://whoever.example${path}`)).toBe("HTTP/1.1 200 OK");
  });
});
