import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import { askForToken, command, makeFolder, runToEnd, start } from "./support/command.ts";
import { container } from "./support/container.ts";

interface Answer {
  readonly status: number;
  readonly isLast: boolean;
}

/** Asks over a connection that is kept, and says whether the server ended it. */
function ask(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume();
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          isLast: response.headers.connection === "close",
        }),
      );
    });
    request.on("error", reject);
  });
}

async function writeSlow(delayMs: number): Promise<string> {
  const faults = [{ fault: "delay", delayMs, endpoint: "token" }];
  const folder = await makeFolder({ "sandbox.json": JSON.stringify({ faults }) });
  return join(folder, "sandbox.json");
}

describe("a command that is told to stop", () => {
  it("CMD-05 CMD-07 goes on after SIGHUP without a file; fails no request of clients that go when they are told to, and is not ready meanwhile", async () => {
    const { line, child, ended, errors } = await start();
    child.kill("SIGHUP");
    await expect.poll(errors).toContain("nothing to read again: there is no --config");
    expect((await askForToken(line)).status).toBe(200);

    const answers: Answer[] = [];
    const load = Array.from({ length: 6 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let last: Answer;
      do {
        last = await ask(line.metadataUrl, agent);
        answers.push(last);
      } while (!last.isLast);
      agent.destroy();
    });
    const probe = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(`${line.url}/readyz`, probe)).toEqual({ status: 200, isLast: false });
    const before = answers.length;

    child.kill("SIGTERM");
    await Promise.all(load);
    const ready = await ask(`${line.url}/readyz`, probe);

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.length).toBeGreaterThan(before);
    expect(ready).toEqual({ status: 503, isLast: true });
    expect(await ended).toBe(0);
  });

  it("CMD-07 finishes what is in flight, and takes no new connection", async () => {
    const { line, child, ended } = await start(["--config", await writeSlow(2500)]);
    const slow = askForToken(line);
    // It has been received as soon as a later request is answered.
    await fetch(line.metadataUrl);

    child.kill("SIGTERM");
    await expect
      .poll(
        () =>
          fetch(line.metadataUrl).then(
            () => "answered",
            () => "refused",
          ),
        { timeout: 5000 },
      )
      .toBe("refused");
    const response = await slow;

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ token_type: "Bearer" });
    expect(await ended).toBe(0);
  });

  it("CMD-07 cuts after --drain-seconds what is still in flight", async () => {
    const { line, child, ended } = await start([
      "--drain-seconds",
      "1",
      "--config",
      await writeSlow(60_000),
    ]);
    const slow = askForToken(line).then(
      () => "answered",
      () => "cut",
    );
    await fetch(line.metadataUrl);

    child.kill("SIGTERM");

    expect([await slow, await ended]).toEqual(["cut", 0]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("CMD-07 ends at once on a second %s", async (signal, code) => {
    const { line, child, ended } = await start(["--config", await writeSlow(60_000)]);
    const slow = askForToken(line).catch(() => undefined);
    await fetch(line.metadataUrl);

    child.kill(signal);
    await expect
      .poll(() =>
        fetch(`${line.url}/readyz`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .not.toBe(200);
    child.kill(signal);

    expect(await ended).toBe(code);
    await slow;
  });
});

// Of util-linux.
const tools = { unshare: "unshare", setpriv: "setpriv" };
const isRoot = process.getuid?.() === 0;
const readOnly = 'mount -o remount,ro,bind / && ! touch /read-only-probe 2>/dev/null && exec "$@"';
const canUnshare =
  isRoot && spawnSync(tools.unshare, ["--mount", "sh", "-c", readOnly, "sh", "true"]).status === 0;
if (!canUnshare) {
  console.warn("skipped: a read-only file system, for this user may not make one with unshare");
}
const canChangeUser = isRoot && spawnSync(tools.setpriv, ["--version"]).status === 0;
if (!canChangeUser) console.warn("skipped: another user, for this one may not become another");

describe("as the container runs it", () => {
  // The names are those of the image's PATH; here the same file is run by Node.
  const args = (commandLine: readonly string[]): readonly string[] => commandLine.slice(1);

  it("CMD-08 is a file of the package, which Node is asked to run", async () => {
    const root = new URL("../../", import.meta.url);
    const manifest = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as {
      readonly files: readonly string[];
      readonly publishConfig: { readonly bin: Readonly<Record<string, string>> };
    };
    const file = manifest.publishConfig.bin[container.entrypoint[0]] ?? "";

    expect(fileURLToPath(new URL(file, root))).toBe(command);
    expect(manifest.files).toContain(file.split("/")[1]);
    expect((await readFile(command, "utf8")).startsWith("#!/usr/bin/env node\n")).toBe(true);
  });

  it("CMD-08 serves with the image's entry point and variables, and its health check agrees", async () => {
    const { line, child, ended } = await start(args(container.entrypoint), {
      environment: container.environment,
    });
    const environment = {
      ...container.environment,
      CREDICORP_SANDBOX_PORT: new URL(line.url).port,
    };

    expect((await askForToken(line)).status).toBe(200);
    expect(runToEnd(args(container.health), { environment }).code).toBe(0);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(runToEnd(args(container.health), { environment }).code).toBe(1);
  });

  it.skipIf(!canUnshare)("CMD-08 needs no file that it can write", async () => {
    const child = spawn(
      tools.unshare,
      ["--mount", "sh", "-c", readOnly, "sh", process.execPath, command],
      { env: { ...process.env, ...container.environment, CREDICORP_SANDBOX_PORT: "0" } },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    const line = JSON.parse(chunk.toString("utf8")) as Parameters<typeof askForToken>[0];

    expect((await askForToken(line)).status).toBe(200);
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  it.skipIf(!canChangeUser)(
    "CMD-08 runs as any user, in a folder that it may not write to",
    async () => {
      const folder = await makeFolder();
      await chmod(folder, 0o555);
      const child = spawn(
        tools.setpriv,
        ["--reuid=12345", "--regid=12345", "--clear-groups", process.execPath, command],
        {
          cwd: folder,
          env: { PATH: process.env["PATH"], ...container.environment, CREDICORP_SANDBOX_PORT: "0" },
        },
      );
      onTestFinished(() => void child.kill("SIGKILL"));
      const [chunk] = (await once(child.stdout, "data")) as [Buffer];
      const line = JSON.parse(chunk.toString("utf8")) as Parameters<typeof askForToken>[0];

      expect((await askForToken(line)).status).toBe(200);
      child.kill("SIGTERM");
      expect((await once(child, "exit"))[0]).toBe(0);
    },
  );
});
