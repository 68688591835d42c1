import { readFileSync } from "node:fs";
import type { Hub } from "@credicorp/end-to-end";
import { formatCurlExamples, formatWelcome } from "@credicorp/end-to-end";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { expect, it } from "vitest";

const origin = "http://127.0.0.1:9400";

async function setUp() {
  const sandbox = await createSandbox({ issuer: origin });
  const { clients } = sandbox;
  const partner = clients.get("partner-post");
  const resourceServer = clients.get("partner-api");
  return { sandbox, examples: formatCurlExamples({ origin, partner, resourceServer }) };
}

it("prints every client with its secret, the SDK's variables and the commands", async () => {
  const { sandbox, examples } = await setUp();
  const hub: Hub = {
    origin,
    authorizationServerOrigin: "http://127.0.0.1:1",
    partnerApiOrigin: "http://127.0.0.1:2",
    sandbox,
    requestCount: () => 0,
    close: async () => {},
  };

  const welcome = formatWelcome(hub);

  for (const { id, secret } of sandbox.clients.list()) {
    expect(welcome).toMatch(new RegExp(`^ +${id} +${secret} `, "m"));
  }
  expect(welcome).toContain(`export CREDICORP_BASE_URL=${origin}\n`);
  for (const { command } of examples) expect(welcome).toContain(command);
});

it("shows the same commands in the README of this app", async () => {
  const { examples } = await setUp();
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

  for (const { title, command } of examples) expect(readme).toContain(`# ${title}\n${command}\n`);
});
