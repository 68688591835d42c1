import { expect, it } from "vitest";

import { withSandbox } from "@credicorp/oauth-mock-server/node-test";

it("leaves the closing of its sandbox to the test that it is for", async () => {
  const ends: (() => Promise<void>)[] = [];
  const test = { after: (end: () => Promise<void>) => void ends.push(end) };

  const sandbox = await withSandbox(test, { issuer: "https://hub.example.com" });
  const { url } = await sandbox.listen();

  expect(sandbox.issuer).toBe("https://hub.example.com");
  expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
  await Promise.all(ends.map((end) => end()));
  await expect(sandbox.listen()).rejects.toMatchObject({ message: "The sandbox is closed" });
});
