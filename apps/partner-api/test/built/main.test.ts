import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const complete = {
  PARTNER_API_ISSUER: "https://hub.example",
  PARTNER_API_AUDIENCE: "https://hub.example/partner/v1",
  PARTNER_API_PORT: "0",
};

function run(settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"], ...settings },
  });
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return { child, exited, stderr: text(child.stderr) };
}

it("says in one line which settings are missing, and exits with 2", async () => {
  const { exited, stderr } = run({});

  const [code] = await exited;

  expect(code).toBe(2);
  expect(await stderr).toMatch(/^[^\n]*PARTNER_API_ISSUER[^\n]*PARTNER_API_AUDIENCE[^\n]*\n$/);
});

it("listens, and stops on SIGTERM with 0", async () => {
  const { child, exited } = run(complete);
  const log = await new Promise<string>((resolve) => {
    let seen = "";
    child.stdout.on("data", (part: Buffer) => {
      seen += part.toString();
      if (seen.includes("Server listening")) resolve(seen);
    });
  });
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
  const answer = await fetch(`${origin}/partner/v1/decisions/dec_1`);

  child.kill("SIGTERM");
  const [code] = await exited;

  expect(answer.status).toBe(401);
  expect(code).toBe(0);
});
