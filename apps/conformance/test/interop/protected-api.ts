import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { DpopResourceOptions, HeaderList } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { onTestFinished } from "vitest";

/** Starts an API of `node:http` that our verifier guards, bound tokens alone; it answers with the client's id. */
export async function startProtectedApi(
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
  dpop: Partial<DpopResourceOptions> = {},
): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const verifier = createVerifier({
    issuer,
    audience,
    dpop: { origin, ...dpop },
    requireBoundTokens: true,
  });
  server.on("request", ({ method = "", url = "", rawHeaders }, response) => {
    void verifier.verifyRequest({ method, url, headers: pairs(rawHeaders) }).then((outcome) => {
      if (outcome.kind === "ok") {
        for (const [name, value] of outcome.responseHeaders ?? []) response.setHeader(name, value);
        return response.end(outcome.principal.clientId);
      }
      const { status, headers, body } = verifier.toResponse(outcome);
      return response.writeHead(status, headers.flat()).end(body);
    });
  });
  return origin;
}

function pairs(rawHeaders: readonly string[]): HeaderList {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  );
}
