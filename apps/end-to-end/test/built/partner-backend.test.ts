import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defaultClients } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";
import { startProgram } from "./program.ts";

const main = fileURLToPath(new URL("main.js", import.meta.resolve("@credicorp/partner-backend")));

async function runPartnerBackend(env: Readonly<Record<string, string | undefined>>) {
  const program = promisify(execFile)(process.execPath, [main], {
    env: { PATH: process.env["PATH"], ...env },
  });
  return program.catch(({ code, stdout, stderr }) => ({ code, stdout, stderr }));
}

describe("the partner's back end, with the variables that npm start prints", () => {
  it("submits an application and prints the decision", async () => {
    const origin = await startProgram("start", ["--port", "0"]).origin();

    const { stdout } = await runPartnerBackend({
      CREDICORP_BASE_URL: origin,
      CREDICORP_CLIENT_ID: "partner-basic",
      CREDICORP_CLIENT_SECRET: defaultClients.find(({ id }) => id === "partner-basic")?.secret,
    });

    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "approved",
      offer: { totalRepayablePence: 2_800_000 },
    });
  });

  it("names every variable that is missing, and exits with 1", async () => {
    const result = await runPartnerBackend({ CREDICORP_CLIENT_ID: "partner-basic" });

    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/CREDICORP_BASE_URL.*CREDICORP_CLIENT_SECRET/),
    });
  });
});
