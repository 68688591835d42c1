import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import { expect, it, onTestFinished } from "vitest";

import { fileSecret } from "@credicorp/oauth-client/file-secret";

import { rejectionOf, setUp } from "./support/client.ts";

async function makeFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oauth-client-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "secret");
  await writeFile(path, text);
  return path;
}

it("CLI-33 reads the file at each token request, so that a replaced one is taken up", async () => {
  const path = await makeFile("first-secret\n");
  await using setup = await setUp({
    clientSecret: fileSecret(path),
    tokenEndpointAuthMethod: "client_secret_post",
  });
  const { client, server } = setup;

  await client.getToken();
  await writeFile(`${path}.next`, "second-secret\r\n");
  await rename(`${path}.next`, path);
  await client.getToken({ scope: ["decisions:read"] });

  expect(server.tokenRequests().map(({ form }) => form.get("client_secret"))).toEqual([
    "first-secret",
    "second-secret",
  ]);
});

it("CLI-33 CLI-31 says that a file cannot be read, and not which: a secret may have been given for its path", async () => {
  await using setup = await setUp({ clientSecret: fileSecret("/planted-secret") });

  const error = await rejectionOf(setup.client.getToken());

  expect(error).toMatchObject({
    kind: "config",
    option: "fileSecret",
    message: "The file of a secret cannot be read (ENOENT)",
  });
  expect(inspect(error)).not.toContain("planted-secret");
  expect(setup.server.tokenRequests()).toEqual([]);
});

it("refuses a file of several lines as a secret", async () => {
  const path = await makeFile("planted-secret\n\n");
  await using setup = await setUp({ clientSecret: fileSecret(path) });

  const error = await rejectionOf(setup.client.getToken());

  expect(error).toMatchObject({ kind: "config", option: "clientSecret" });
  expect(inspect(error)).not.toContain("planted-secret");
});
