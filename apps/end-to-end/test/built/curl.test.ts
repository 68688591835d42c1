import { readFileSync } from "node:fs";
import { formatCurlExamples } from "@credicorp/end-to-end";
import { defaultClients } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";
import { startProgram } from "./program.ts";
import { curlNote, findCurlBlocks, hasCurl, runInShell } from "./shell.ts";

const documentedOrigin = "http://127.0.0.1:9400";

async function startHubProgram(): Promise<string> {
  return startProgram("start", ["--port", "0"]).origin();
}

function credentialsOf(id: string): { id: string; secret: string } {
  const secret = defaultClients.find((client) => client.id === id)?.secret;
  if (secret === undefined) throw new Error(`The sandbox has no client ${id}`);
  return { id, secret };
}

describe.runIf(hasCurl)(`curl against npm start${curlNote}`, () => {
  it("gets metadata, a token, an answer of the API and an introspection with the printed commands", async () => {
    const origin = await startHubProgram();
    const partner = credentialsOf("partner-post");
    const resourceServer = credentialsOf("partner-api");
    const examples = formatCurlExamples({ origin, partner, resourceServer });

    const outputs = await runInShell(examples.map(({ command }) => command));
    const [metadata, token, nothing, application, introspection] = outputs;

    expect(JSON.parse(metadata ?? "")).toMatchObject({ issuer: origin });
    expect(JSON.parse(token ?? "")).toMatchObject({
      token_type: "Bearer",
      expires_in: 900,
      scope: "applications:write decisions:read",
    });
    expect(nothing).toBe("");
    expect(JSON.parse(application ?? "")).toEqual({
      applicationId: expect.stringMatching(/^app_/),
      decisionId: expect.stringMatching(/^dec_/),
    });
    expect(JSON.parse(introspection ?? "")).toMatchObject({
      active: true,
      client_id: "partner-post",
      iss: origin,
    });
  });

  it("gets a token with the command of the documentation, only its origin changed", async () => {
    const origin = await startHubProgram();
    const { id, secret } = credentialsOf("partner-post");
    const command = String.raw`curl -s -X POST https://hub.credicorp.co.uk/partner/v1/oauth/token \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -d grant_type=client_credentials \
  -d client_id=$CREDICORP_CLIENT_ID \
  -d client_secret=$CREDICORP_CLIENT_SECRET \
  -d scope='applications:write decisions:read'`;

    const [output] = await runInShell([command.replace("https://hub.credicorp.co.uk", origin)], {
      CREDICORP_CLIENT_ID: id,
      CREDICORP_CLIENT_SECRET: secret,
    });

    expect(JSON.parse(output ?? "")).toMatchObject({ token_type: "Bearer", expires_in: 900 });
  });

  it.each(["../../../../README.md", "../../README.md"])(
    "understands every command of %s",
    async (path) => {
      const origin = await startHubProgram();
      const markdown = readFileSync(new URL(path, import.meta.url), "utf8");
      const blocks = findCurlBlocks(markdown);

      const outputs = await runInShell(
        blocks.map((block) => block.replaceAll(documentedOrigin, origin)),
      );

      const output = outputs.join("\n");
      expect(output).toContain(`"issuer":"${origin}"`);
      expect(output).toContain('"access_token":"');
      expect(output).toContain('"decisionId":"');
      expect(output).toContain('"active":true');
      expect(output).not.toContain('"error"');
    },
  );
});
