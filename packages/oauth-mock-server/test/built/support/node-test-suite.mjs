import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { withSandbox } from "@credicorp/oauth-mock-server/node-test";

const seen = [];

void suite("a suite of node:test", { concurrency: true }, () => {
  for (const count of [1, 2, 3]) {
    void test(`counts ${count} requests, all its own`, async (t) => {
      const sandbox = await withSandbox(t, { accessTokenLifetimeSeconds: 60 });
      seen.push(sandbox);
      for (let turn = 0; turn < count; turn += 1) await sandbox.fetch("/.well-known/jwks.json");
      assert.equal(sandbox.requests.count({ status: 200 }), count);
    });
  }
});

void test("has closed the sandboxes of the tests before", async () => {
  assert.equal(seen.length, 3);
  for (const sandbox of seen) {
    await assert.rejects(sandbox.listen(), { message: "The sandbox is closed" });
  }
});
