import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// Node has an undici of its own, which may be loaded at any time: what counts is the package.
const program = `
  import { createServer } from "node:http";
  import { createRequire } from "node:module";
  import { createOAuthClient } from "@credicorp/oauth-client";

  const { cache } = createRequire(process.cwd() + "/");
  const isLoaded = () => Object.keys(cache).some((file) => file.includes("/node_modules/undici/"));
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
