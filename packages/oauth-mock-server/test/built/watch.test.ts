import { spawnSync } from "node:child_process";
import { readFile, rename, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { askForToken, command, makeFolder, start } from "./support/command.ts";

const client = {
  id: "partner-basic",
  tokenEndpointAuthMethod: "client_secret_basic",
  secret: "sandbox_test_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u",
  scope: ["x"],
};

function configuration(accessTokenLifetimeSeconds: number, more: object = {}): string {
  return JSON.stringify({ clients: [client], accessTokenLifetimeSeconds, ...more });
}

/** Puts another file in the place of one, as editors do. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function setUp(commandLine: readonly string[] = ["--watch"]) {
  const path = join(await makeFolder({ "sandbox.json": configuration(60) }), "sandbox.json");
  const running = await start(["--config", path, ...commandLine]);
  const lifetime = async (): Promise<unknown> =>
    ((await (await askForToken(running.line)).json()) as Record<string, unknown>)["expires_in"];
  expect(await lifetime()).toBe(60);
  return { ...running, path, lifetime };
}

const patience = { timeout: 8000, interval: 50 };

describe("--watch", () => {
  it("CMD-05 takes a file that is written to and one that is put in its place, keeps what held when one is broken, and names what cannot change", async () => {
    const { path, lifetime, line, errors } = await setUp();
    const keys = async (): Promise<string> =>
      (await fetch(`${line.url}/.well-known/jwks.json`)).text();
    const [{ kid }] = (JSON.parse(await keys()) as { keys: [{ kid: string }] }).keys;

    await writeFile(path, configuration(70));
    await expect.poll(lifetime, patience).toBe(70);
    await replace(path, configuration(80));
    await expect.poll(lifetime, patience).toBe(80);
    await replace(path, configuration(90));
    await expect.poll(lifetime, patience).toBe(90);
    expect(await keys()).toContain(kid);
    expect(errors()).toContain(`read ${path} again: new accessTokenLifetimeSeconds\n`);

    await replace(path, '{"clients": [');
    await expect.poll(errors, patience).toContain("what held goes on to hold");
    // The same mistake in another text is the same mistake.
    await replace(path, '{"clients": [ ');
    await replace(path, '{"clinets": []}');
    await expect.poll(errors, patience).toContain("unknown option clinets: write clients");
    expect(await lifetime()).toBe(90);
    await replace(path, configuration(60));
    await expect.poll(lifetime, patience).toBe(60);
    expect(errors().match(/unknown option clinets/g)).toHaveLength(1);

    const more = { seed: 5, maxBodyBytes: 100, command: { port: 1 } };
    await replace(path, configuration(70, more));
    await expect.poll(lifetime, patience).toBe(70);
    await expect
      .poll(errors, patience)
      .toContain("start it again for the new maxBodyBytes, seed, command\n");
    expect(errors()).not.toContain(client.secret);
  });

  it("CMD-05 follows a link, as Kubernetes changes the files that it mounts", async () => {
    const folder = await makeFolder({ one: configuration(60), two: configuration(70) });
    const path = join(folder, "sandbox.json");
    await symlink("one", join(folder, "..data"));
    await symlink("..data", path);
    const running = await start(["--config", path, "--watch"]);

    await symlink("two", join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));

    await expect.poll(running.errors, patience).toContain("new accessTokenLifetimeSeconds");
  });
});

describe("a pipe", () => {
  it.skipIf(process.platform !== "linux")(
    "CMD-05 is a configuration, and --watch says that it cannot follow one",
    () => {
      const script = `echo '{"seed": 1}' | "$@"`;
      const read = (...options: readonly string[]) =>
        spawnSync(
          "sh",
          ["-c", script, "sh", process.execPath, command, "--config", "/dev/stdin", ...options],
          { encoding: "utf8", timeout: 20_000 },
        );

      const printed = read("--print-config");
      const watching = read("--port", "0", "--watch");

      expect(JSON.parse(printed.stdout)).toMatchObject({ configuration: { seed: 1 } });
      expect([watching.status, watching.stdout, watching.stderr]).toEqual([
        2,
        "",
        "oauth-mock-server: --watch cannot follow /dev/stdin: name a file, or leave --watch out\n",
      ]);
    },
  );
});

describe("SIGHUP", () => {
  it("CMD-05 reads the file again without --watch, also when it is gone", async () => {
    const { path, lifetime, child, errors } = await setUp([]);

    await replace(path, configuration(70));
    child.kill("SIGHUP");
    await expect.poll(lifetime, patience).toBe(70);
    child.kill("SIGHUP");
    await expect.poll(errors, patience).toContain("again: nothing new");
    const text = await readFile(path, "utf8");
    await unlink(path);
    child.kill("SIGHUP");
    await expect.poll(errors, patience).toContain("does not exist: check the path");
    await writeFile(path, text);

    expect(await lifetime()).toBe(70);
  });
});
