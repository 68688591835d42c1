import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// undici announces itself on the global object as soon as it is loaded.
const program = `
  import { createServer } from "node:http";
  import { createOAuthClient } from "@credicorp/oauth-client";

  const isLoaded = () => Symbol.for("undici.globalDispatcher.1") in globalThis;
  const server = createServer((request, response) => response.end("{}"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = "http://127.0.0.1:" + server.address().port;
  const client = createOAuthClient({ baseUrl, clientId: "partner", clientSecret: "secret" });
  const before = isLoaded();
  await client.getToken().catch((error) => error);
  console.log(JSON.stringify({ before, after: isLoaded() }));
  server.close();
`;

it("loads undici with the first request, and lets the process end by itself", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { cwd: new URL("../..", import.meta.url), timeout: 20_000 },
  );

  expect(JSON.parse(stdout)).toEqual({ before: false, after: true });
});
